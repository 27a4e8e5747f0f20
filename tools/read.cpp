// SPDX-License-Identifier: MIT
#include "any.hpp"
#include "bytes.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "progress.hpp"
#include "terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

namespace tool {
namespace {

constexpr std::size_t line_length = 16;

/// `00000010  68 65 6c 6c 6f …  |hello…|`
std::string hex_line(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::string text = fmt::format("{:08x} ", offset);
  std::string shown;
  for (std::size_t i = 0; i < line_length; ++i) {
    if (i == line_length / 2) text += ' ';
    if (i >= bytes.size()) {
      text += "   ";
      continue;
    }
    const auto value = static_cast<unsigned char>(bytes[i]);
    fmt::format_to(std::back_inserter(text), " {:02x}", value);
    shown += value >= 0x20 && value < 0x7F ? static_cast<char>(value) : '.';
  }
  return fmt::format("{}  |{}|\n", text, shown);
}

void dump(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::string text;
  for (std::size_t done = 0; done < bytes.size(); done += line_length)
    text +=
        hex_line(offset + done, bytes.subspan(done, std::min(line_length, bytes.size() - done)));
  fmt::print("{}", text);
}

}  // namespace

int read(const bytes_options& options) {
  const auto section = open_section(options, isthmus::access::read);
  if (is_reserved(options))
    throw stop(failed,
               "parts of this section may have no memory yet, so it cannot be read as a whole");
  const std::uint64_t length = length_in(section, options);
  const bool hex = options.hex || is_terminal(stream::output);
  progress shown("read", hex ? 0 : length);
  for_each_part(options.offset, length, [&](std::uint64_t offset, std::size_t size) {
    const auto view = isthmus::const_view::map(section, {.offset = offset, .length = size});
    if (hex) {
      dump(offset, view.bytes());
    } else if (std::fwrite(view.data(), 1, size, stdout) != size) {
      throw stop(failed, "the output cannot be written; see whether the disk is full");
    }
    if (!hex) shown.show(offset + size - options.offset);
  });
  if (std::fflush(stdout) != 0)
    throw stop(failed, "the output cannot be written; see whether the disk is full");
  return done;
}

}  // namespace tool
