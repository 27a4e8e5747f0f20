// SPDX-License-Identifier: MIT
#include "bytes.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "progress.hpp"
#include "terminal.hpp"
#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tool {
namespace {

/// Fills memory from standard input as far as that lasts: how many bytes.
std::size_t fill(std::span<std::byte> memory) {
  std::size_t filled = 0;
  while (filled < memory.size()) {
    const std::size_t got = read_input(memory.subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

bool input_goes_on() {
  std::byte next{};
  return read_input({&next, 1}) != 0;
}

}  // namespace

int write(const bytes_options& options) {
  const auto section = open_section(options, isthmus::access::read | isthmus::access::write);
  const bool reserved = is_reserved(options);
  const std::uint64_t room = length_in(section, options);
  std::uint64_t written = 0;
  bool ended = false;
  {
    progress shown("written", 0);
    for_each_part(options.offset, room, [&](std::uint64_t offset, std::size_t size) {
      if (ended) return;
      const auto view = isthmus::view::map(section, {.offset = offset, .length = size});
      if (reserved) view.commit(0, size);
      const std::size_t filled = fill(view.bytes());
      ended = filled < size;
      written += filled;
      shown.show(written);
    });
  }
  if (!ended && !options.length && input_goes_on())
    throw stop(failed, fmt::format("the input is longer than the room of {}, which is filled; give "
                                   "--length to take a part of the input",
                                   size_text(room)));
  return done;
}

}  // namespace tool
