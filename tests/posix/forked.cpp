// SPDX-License-Identifier: MIT
#include "forked.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>
#include <thread>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace white {

void* shared_memory(std::size_t size) {
  void* const place =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  return place;
}

void give_back(void* memory, std::size_t size) noexcept { munmap(memory, size); }

forked::forked(const std::function<int()>& work) : id_(-1) {
  std::fflush(nullptr);
  const pid_t parent = getpid();
  id_ = fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may be gone already; 0 is one in another name space of process ids.
  if (getppid() != parent && getppid() != 0) _exit(child_threw);
  int code = child_threw;
  try {
    code = work();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "child: %s\n", problem.what());
  }
  std::fflush(nullptr);
  _exit(code);
}

forked::~forked() {
  if (id_ > 0) kill();
}

bool forked::look(int options) {
  int status = 0;
  if (code_ || waitpid(id_, &status, options | WNOHANG) != id_) return code_.has_value();
  stopped_ = WIFSTOPPED(status);
  if (WIFEXITED(status)) code_ = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) code_ = 128 + WTERMSIG(status);
  return code_.has_value();
}

std::optional<int> forked::ended(time_limit limit) {
  (void)support::eventually([&] { return look(0); }, limit);
  return code_;
}

bool forked::stopped(time_limit limit) {
  stopped_ = false;
  return support::eventually([&] { return look(WUNTRACED) || stopped_; }, limit) && stopped_;
}

void forked::signal(int number) const noexcept { (void)::kill(id_, number); }

void forked::kill() {
  if (code_) return;
  signal(SIGKILL);
  (void)ended();
}

int in_child(const std::function<int()>& work, time_limit limit) {
  return forked(work).ended(limit).value_or(-1);
}

void await(const std::function<bool()>& holds, time_limit limit) {
  if (support::eventually(holds, limit)) return;
  std::fprintf(stderr, "process %d has waited in vain\n", static_cast<int>(getpid()));
  _exit(child_threw);
}

void live_until_killed() {
  // In one sleep: a hundred who look each millisecond leave no time to anybody.
  std::this_thread::sleep_for(4 * support::patience());
  _exit(child_threw);
}

}  // namespace white
