// SPDX-License-Identifier: MIT
#include "../signals.hpp"

#include "../exit_code.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace tool {
namespace {

constexpr std::array handled{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::atomic<pid_t> child = 0;
std::atomic<int> latest = 0;
std::atomic<isthmus::event*> end = nullptr;
std::array<struct sigaction, handled.size()> before;

/// Nothing but atomics, kill, and event::set, which may be called here.
void on_signal(int number, siginfo_t* info, void*) {
  const int error = errno;
  const pid_t to = child;
  latest = number;
  if (to > 0) {
    // What the kernel itself sends comes from the terminal, and has gone to the child as well.
    if (info->si_code <= 0) ::kill(to, number);
  } else if (isthmus::event* const told = end) {
    std::error_code ignored;
    told->set(ignored);
  }
  errno = error;
}

}  // namespace

signal_relay::signal_relay()
    : told_to_end_(isthmus::event::create({.mode = isthmus::reset_mode::manual})) {
  child = 0;
  latest = 0;
  end = &told_to_end_;
  // Ignored, as it may come to us, it would lose the command's exit code.
  ::signal(SIGCHLD, SIG_DFL);
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < handled.size(); ++i) {
    ::sigaction(handled[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) ::sigaction(handled[i], &action, nullptr);
  }
}

signal_relay::~signal_relay() {
  for (std::size_t i = 0; i < handled.size(); ++i) ::sigaction(handled[i], &before[i], nullptr);
  end = nullptr;
}

// Handlers reach only what is static, so these two need not be members here.
// NOLINTBEGIN(readability-convert-member-functions-to-static)
int signal_relay::exit_code() const noexcept { return by_signal + latest; }

void signal_relay::forward_to(std::uint32_t process) noexcept {
  child = static_cast<pid_t>(process);
  // One that came just before had nobody to go to.
  if (process != 0 && latest != 0) ::kill(static_cast<pid_t>(process), latest);
}
// NOLINTEND(readability-convert-member-functions-to-static)

}  // namespace tool
