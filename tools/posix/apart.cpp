// SPDX-License-Identifier: MIT
#include "../apart.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <exception>
#include <string_view>
#include <system_error>

namespace tool {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest{30};

std::string& called() {
  static std::string name = "isthmus";
  return name;
}

[[noreturn]] void run_child(const std::function<std::string()>& what, int to) {
  std::string text = "!";
  try {
    text = "." + what();
  } catch (const std::exception& failure) {
    text += failure.what();
  }
  for (std::string_view left = text; !left.empty();) {
    const auto put = ::write(to, left.data(), left.size());
    if (put <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(put));
  }
  ::_exit(0);
}

/// What the child writes until it ends; false where that takes too long.
bool read_all(int from, std::string& into) {
  const auto end = clock::now() + longest;
  std::array<char, 512> part{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
    pollfd entry{from, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&entry, 1, static_cast<int>(left.count())) : 0;
    if (ready == 0) return false;
    const auto got = ready > 0 ? ::read(from, part.data(), part.size()) : -1;
    if (got == 0) return true;
    if (got > 0) into.append(part.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR && errno != EAGAIN) return true;
  }
}

}  // namespace

apart_result run_apart(const std::function<std::string()>& what) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run_child(what, ends[1]);
  }
  const int error = errno;
  ::close(ends[1]);
  std::string text;
  const bool in_time = child < 0 || read_all(ends[0], text);
  ::close(ends[0]);
  if (child < 0) throw std::system_error(error, std::generic_category(), "fork");
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return {false, fmt::format("no end within {} s", longest.count())};
  if (WIFSIGNALED(status))
    return {false, fmt::format("ended by signal {} ({})", WTERMSIG(status),
                               ::strsignal(WTERMSIG(status)))};
  if (text.empty()) return {false, "ended without a word"};
  return {text.front() == '.', text.substr(1)};
}

std::filesystem::path own_program() {
  std::array<char, 4096> path{};
  const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return called();
  return std::string(path.data(), static_cast<std::size_t>(length));
}

void remember_program(const char* name) {
  if (name != nullptr && *name != '\0') called() = name;
}

}  // namespace tool
