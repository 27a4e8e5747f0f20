// SPDX-License-Identifier: MIT
#include "support/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {

namespace {

void check(int number, const char* what) {
  if (number != 0) throw std::system_error(number, std::generic_category(), what);
}

struct pipe_pair {
  pipe_end read_end;
  pipe_end write_end;
  std::array<int, 2> numbers;
};

pipe_pair make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) check(errno, "pipe");
  for (const int end : ends) (void)fcntl(end, F_SETFD, FD_CLOEXEC);
  return {pipe_end(ends[0]), pipe_end(ends[1]), ends};
}

/// Whether the descriptor has something for us before `end`.
bool ready(int descriptor, short what, clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
    pollfd one{descriptor, what, 0};
    const int count = poll(&one, 1, static_cast<int>(std::clamp<long long>(left, 0, 1'000'000)));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) check(errno, "poll");
    if (count == 0 && left <= 0) return false;
  }
}

/// What waitpid tells, kept where it says that the program has ended.
bool look(running_program& program, int options, int& status) {
  const auto id = static_cast<pid_t>(program.id);
  pid_t got = 0;
  do {
    got = waitpid(id, &status, options | WNOHANG);
  } while (got < 0 && errno == EINTR);
  if (got < 0) check(errno, "waitpid");
  if (got == 0) return false;
  if (WIFEXITED(status)) program.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) program.code = 128 + WTERMSIG(status);
  return true;
}

}  // namespace

void pipe_end::close() noexcept {
  if (std::exchange(open_, false)) ::close(handle_);
}

pipe_end::outcome pipe_end::read(void* into, std::size_t size, clock::time_point end) const {
  auto* to = static_cast<char*>(into);
  while (size > 0) {
    if (!ready(handle_, POLLIN, end)) return outcome::timeout;
    const auto count = ::read(handle_, to, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) check(errno, "read");
    if (count == 0) return outcome::end;
    to += count;
    size -= static_cast<std::size_t>(count);
    end = std::max(end, clock::now() + patience());
  }
  return outcome::done;
}

pipe_end::outcome pipe_end::write(const void* from, std::size_t size, clock::time_point end) const {
  const auto* bytes = static_cast<const char*>(from);
  while (size > 0) {
    if (!ready(handle_, POLLOUT, end)) return outcome::timeout;
    // No more than a pipe that is ready surely takes.
    const auto count = ::write(handle_, bytes, std::min<std::size_t>(size, 512));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) return outcome::end;
    if (count < 0) check(errno, "write");
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return outcome::done;
}

pipe_end take_standard_input() {
  (void)fcntl(STDIN_FILENO, F_SETFD, FD_CLOEXEC);
  return pipe_end(STDIN_FILENO);
}

pipe_end take_standard_output() {
  (void)fcntl(STDOUT_FILENO, F_SETFD, FD_CLOEXEC);
  return pipe_end(STDOUT_FILENO);
}

running_program start_program(const std::filesystem::path& file, const std::string& argument) {
  // Between pipe and FD_CLOEXEC no other child of ours may start.
  static std::mutex one_at_a_time;
  const std::lock_guard guard(one_at_a_time);
  auto input = make_pipe();
  auto output = make_pipe();

  posix_spawn_file_actions_t actions;
  check(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  check(posix_spawn_file_actions_adddup2(&actions, input.numbers[0], STDIN_FILENO), "adddup2");
  check(posix_spawn_file_actions_adddup2(&actions, output.numbers[1], STDOUT_FILENO), "adddup2");

  auto name = file.string();
  auto text = argument;
  std::array<char*, 3> arguments{name.data(), text.data(), nullptr};
  pid_t id = 0;
  const int error = posix_spawn(&id, name.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  check(error, name.c_str());
  return {static_cast<std::uint32_t>(id), -1, std::nullopt, std::move(input.write_end),
          std::move(output.read_end)};
}

bool wait_program(running_program& program, clock::time_point end) {
  int status = 0;
  return program.code || eventually([&] { return look(program, 0, status) && program.code; },
                                    std::chrono::duration_cast<time_limit>(end - clock::now()));
}

void kill_program(running_program& program) noexcept {
  if (!program.code) (void)::kill(static_cast<pid_t>(program.id), SIGKILL);
}

bool stop_program(running_program& program, clock::time_point end) {
  (void)::kill(static_cast<pid_t>(program.id), SIGSTOP);
  int status = 0;
  return eventually([&] { return look(program, WUNTRACED, status) && WIFSTOPPED(status); },
                    std::chrono::duration_cast<time_limit>(end - clock::now()));
}

void resume_program(running_program& program) noexcept {
  (void)::kill(static_cast<pid_t>(program.id), SIGCONT);
}

void close_program(running_program&) noexcept {}

}  // namespace support
