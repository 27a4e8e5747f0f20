// SPDX-License-Identifier: MIT
#include "support/names.hpp"

#include "support/system.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <random>

namespace support {

std::string unique_name(std::string_view stem) {
  static const auto nonce = [] {
    std::random_device device;
    return static_cast<unsigned long>(device());
  }();
  static std::atomic<unsigned long> count = 0;
  std::array<char, 64> tail{};
  std::snprintf(tail.data(), tail.size(), "-%lu-%lx-%lu", static_cast<unsigned long>(process_id()),
                nonce, ++count);
  return std::string(stem) + tail.data();
}

std::string unique_name_of_length(std::size_t length) {
  auto name = unique_name("n");
  name.resize(length, '.');
  return name;
}

}  // namespace support
