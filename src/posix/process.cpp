// SPDX-License-Identifier: MIT
#include "../process.hpp"

#include "no_cancel.hpp"
#include "pidfd.hpp"
#include "retry.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): not all systems have it

namespace isthmus::detail {

using namespace std::chrono_literals;

/// A child. Several threads may wait for one; whoever sees its end first reaps it for all.
struct process_state {
  pid_t id = -1;
  int pidfd = -1;
  std::mutex lock = {};  // for what is below
  bool ended = false;
  std::optional<std::int32_t> code = {};
  process_state* next = nullptr;  // among the orphans

  ~process_state() {
    if (pidfd != -1) ::close(pidfd);
  }
};

namespace {

using clock = std::chrono::steady_clock;

/// Children whose handle went first. Without somebody to reap them they would stay as zombies, so
/// every later start and close looks after them. No lock, which a fork could leave locked for ever.
constinit std::atomic<process_state*> orphans = nullptr;

void push_orphan(process_state* child) noexcept {
  child->next = orphans.load(std::memory_order_relaxed);
  while (!orphans.compare_exchange_weak(child->next, child, std::memory_order_release)) {
  }
}

/// Whether the child has ended; if so it is reaped. Its lock is held, or nobody else knows it.
bool look(process_state& child) noexcept {
  if (child.ended) return true;
  if (child.pidfd != -1) {
    // Also right where the process is not, or no longer, our child: after a fork for example.
    pollfd entry{child.pidfd, POLLIN, 0};
    if (retry([&] { return ::poll(&entry, 1, 0); }) == 0) return false;
  }
  siginfo_t info = {};
  const auto result =
      retry([&] { return ::waitid(P_PID, static_cast<id_t>(child.id), &info, WEXITED | WNOHANG); });
  if (result == 0 && info.si_pid == 0) return false;
  if (result == 0) child.code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  child.ended = true;  // or somebody else has reaped it, and the code is lost
  return true;
}

/// Reaps the orphans that have ended.
void look_after_orphans() noexcept {
  auto* child = orphans.exchange(nullptr, std::memory_order_acquire);
  while (child != nullptr) {
    auto* const next = child->next;
    if (look(*child)) {
      delete child;
    } else {
      push_orphan(child);
    }
    child = next;
  }
}

/// What a child should not inherit from the thread that happens to start it.
class spawn_attributes {
 public:
  spawn_attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_ = {};
};

void explain_start(int number, failure& why) {
  if (number == ENOEXEC) return why.set(errc::access_denied, "the file is not a program");
  if (number == E2BIG) return why.set(errc::invalid_argument, "the arguments are too long");
  why.set_native(number);
}

/// Sleeps until the child may have ended, and at most for `left`.
void doze(const process_state& child, std::chrono::nanoseconds left,
          std::chrono::nanoseconds& pause) {
  if (child.pidfd == -1) {
    std::this_thread::sleep_for(std::min(left, pause));
    pause = std::min<std::chrono::nanoseconds>(2 * pause, 20ms);
    return;
  }
  const auto most = std::chrono::nanoseconds(std::chrono::milliseconds(INT_MAX));
  const auto slice = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, most));
  pollfd entry{child.pidfd, POLLIN, 0};
  // No retry: who calls looks at the clock and comes back.
  static_cast<void>(::poll(&entry, 1, static_cast<int>(slice.count())));
}

}  // namespace

process_state* start_process(const process_options& options, failure& why) {
  const no_cancel whole;
  look_after_orphans();
  auto state = std::make_unique<process_state>();
  std::vector<char*> arguments;
  arguments.reserve(options.arguments.size() + 2);
  arguments.push_back(const_cast<char*>(options.program.c_str()));  // posix_spawn leaves them alone
  for (const auto& each : options.arguments) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);

  const spawn_attributes attributes;
  const int result = ::posix_spawnp(&state->id, options.program.c_str(), nullptr, attributes.get(),
                                    arguments.data(), environ);
  if (result != 0) {
    explain_start(result, why);
    return nullptr;
  }
  state->pidfd = open_pidfd(state->id);
  return state.release();
}

std::uint32_t process_id(const process_state& state) noexcept {
  return static_cast<std::uint32_t>(state.id);
}

wait_status wait_process(process_state& state, std::chrono::nanoseconds limit, failure&) {
  const no_cancel whole;
  const auto start = clock::now();
  for (std::chrono::nanoseconds pause = 1ms;;) {
    {
      const std::lock_guard lock(state.lock);
      if (look(state)) return wait_status::signaled;
    }
    const auto left =
        limit - (clock::now() - start);  // cannot overflow: the clock does not go back
    if (left <= left.zero()) return wait_status::timeout;
    doze(state, left, pause);
  }
}

std::optional<std::int32_t> process_exit_code(process_state& state) noexcept {
  const no_cancel whole;
  const std::lock_guard lock(state.lock);
  look(state);
  return state.code;
}

void terminate_process(process_state& state, failure& why) {
  const no_cancel whole;
  const std::lock_guard lock(state.lock);  // nobody reaps meanwhile: the number stays the child's
  if (look(state)) return;
  if (state.pidfd != -1 && signal_pidfd(state.pidfd, SIGKILL)) return;
  if (::kill(state.id, SIGKILL) == 0) return;
  const int number = errno;
  if (number != ESRCH) why.set_native(number);
}

native_handle_type process_handle(const process_state& state) noexcept { return state.pidfd; }

void close_process_state(process_state* state) noexcept {
  const no_cancel whole;
  if (state != nullptr) {
    if (look(*state)) {
      delete state;
    } else {
      // Its descriptor is not kept: handles that are gone should cost none.
      if (state->pidfd != -1) ::close(state->pidfd);
      state->pidfd = -1;
      push_orphan(state);
    }
  }
  look_after_orphans();
}

}  // namespace isthmus::detail
