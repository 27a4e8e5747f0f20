// SPDX-License-Identifier: MIT
#include "../terminal.hpp"

#include "../exit_code.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace tool {
namespace {

int descriptor_of(stream which) noexcept {
  return which == stream::input    ? STDIN_FILENO
         : which == stream::output ? STDOUT_FILENO
                                   : STDERR_FILENO;
}

}  // namespace

void prepare_streams() {
  // A standard stream that is closed would be the number of the next object that is opened, and
  // what is printed would be written into that.
  for (int fd = 0; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) != fd) std::_Exit(not_started);
}

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
  for (;;) {
    const auto got = ::read(STDIN_FILENO, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    const std::error_code why(errno, std::generic_category());
    if (why != std::errc::interrupted)
      throw stop(failed,
                 "standard input cannot be read (" + why.message() + "); give it a file or a pipe");
  }
}

}  // namespace tool
