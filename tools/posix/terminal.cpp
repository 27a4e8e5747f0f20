// SPDX-License-Identifier: MIT
#include "../terminal.hpp"

#include "../exit_code.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace tool {
namespace {

int descriptor_of(stream which) noexcept {
  return which == stream::input    ? STDIN_FILENO
         : which == stream::output ? STDOUT_FILENO
                                   : STDERR_FILENO;
}

winsize size_of_output() noexcept {
  winsize size{};
  if (!is_terminal(stream::output)) return size;
  (void)::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  if (size.ws_col == 0) size.ws_col = 80;
  if (size.ws_row == 0) size.ws_row = 24;
  return size;
}

/// Whether there is something to read, or the end, waited for.
bool has_input() noexcept {
  pollfd entry{STDIN_FILENO, POLLIN, 0};
  return ::poll(&entry, 1, -1) >= 0 || errno == EAGAIN;
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

std::size_t width_of_output() noexcept { return size_of_output().ws_col; }
std::size_t height_of_output() noexcept { return size_of_output().ws_row; }

bool colourful() {
  const char* const refused = std::getenv("NO_COLOR");
  return is_terminal(stream::output) && (refused == nullptr || *refused == '\0');
}

void say(const std::string& text) noexcept {
  // With the signal of a pipe that nobody reads held back, and taken away if there is one.
  sigset_t broken;
  sigset_t before;
  sigset_t pending;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  const bool was_pending = ::sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &broken, &before);
  const char* from = text.data();
  for (auto left = text.size(); left != 0;) {
    const auto put = ::write(STDERR_FILENO, from, left);
    if (put < 0) break;
    from += put;
    left -= static_cast<std::size_t>(put);
  }
  int taken = 0;
  if (!was_pending && ::sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1)
    ::sigwait(&broken, &taken);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::size_t read_input(std::span<std::byte> into) {
  for (;;) {
    const auto got = ::read(STDIN_FILENO, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    const std::error_code why(errno, std::generic_category());
    if (why == std::errc::resource_unavailable_try_again && has_input()) continue;
    if (why != std::errc::interrupted)
      throw stop(failed,
                 "standard input cannot be read (" + why.message() + "); give it a file or a pipe");
  }
}

}  // namespace tool
