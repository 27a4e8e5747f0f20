// SPDX-License-Identifier: MIT
#include "../terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace tool {
namespace {

int descriptor_of(stream which) noexcept {
  return which == stream::input    ? STDIN_FILENO
         : which == stream::output ? STDOUT_FILENO
                                   : STDERR_FILENO;
}

}  // namespace

void prepare_streams() {}

std::vector<std::string> command_line(int count, char** values) {
  return {values + (count > 0 ? 1 : 0), values + count};
}

bool is_terminal(stream which) noexcept { return ::isatty(descriptor_of(which)) == 1; }

std::size_t width_of_output() noexcept {
  winsize size{};
  if (!is_terminal(stream::output)) return 0;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool colourful() {
  const char* const refused = std::getenv("NO_COLOR");
  return is_terminal(stream::output) && (refused == nullptr || *refused == '\0');
}

std::size_t read_input(std::span<std::byte> into) {
  const auto got = ::read(STDIN_FILENO, into.data(), into.size());
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

}  // namespace tool
