// SPDX-License-Identifier: MIT
#include "program.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace isthmus::detail {

void program_name(std::array<char, 64>& name) noexcept {
  name = {};
  std::array<char, 4096> path{};
  const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
  std::string_view text(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  text.remove_prefix(text.rfind('/') + 1);  // npos + 1 is 0
  text = text.substr(0, name.size() - 1);
  std::copy(text.begin(), text.end(), name.begin());
}

}  // namespace isthmus::detail
