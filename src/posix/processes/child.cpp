// SPDX-License-Identifier: MIT
#include "posix/processes/child.hpp"

#include "pause.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/pidfd.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/words/latch.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <new>
#include <utility>

namespace isthmus::detail {

using namespace std::chrono_literals;

child::child(pid_t id, bool ours) noexcept
    : id_(id), pidfd_(open_pidfd(id)), user_(::getpid()), ours_(ours) {
  block_.state.mode = 1;
  if (portable_engine) block_.state.portable.store(1);
}

child::~child() {
  // Where a forked child does not have the descriptor, its number is somebody else's there.
  if (!forks_keep_pidfds && user_ != ::getpid()) (void)pidfd_.release();
}

std::shared_ptr<child> child::started(pid_t id) {
  return std::shared_ptr<child>(new child(id, true));
}

std::shared_ptr<child> child::opened(pid_t id, bool to_signal, failure& why) {
  std::shared_ptr<child> found(new child(id, false));
  const int refused = found->pidfd_ ? 0 : errno;
  // Where there is no descriptor the number must do.
  int number = found->pidfd_ ? 0 : ::kill(id, 0) == 0 ? 0 : errno;
  if (number == EPERM && !to_signal) number = 0;
  if (number == 0 && found->pidfd_ && to_signal) {
    number = signal_pidfd(found->pidfd(), 0);
    if (number == ENOSYS) number = ::kill(id, 0) == 0 ? 0 : errno;
  }
  if (number == 0 && (refused == EMFILE || refused == ENFILE)) number = refused;
  if (number == 0) {
    found->look();
    return found;
  }
  if (number == ESRCH || number == EINVAL)
    why.set(errc::not_found, "there is no process of this number");
  else
    fail_with(number, why);
  return nullptr;
}

/// In a forked child, this is a copy of what its parent knows: the process is somebody else's, and
/// those who were asleep on the latch are not here.
void child::notice_fork() noexcept {
  if (user_ == ::getpid()) return;
  user_ = ::getpid();
  ours_ = false;
  if (!forks_keep_pidfds) (void)pidfd_.release();
  block_.state.all.store(0);
  block_.state.looked.store(0);
  block_.state.word.store(ended_ ? latch::is_set : 0);
}

void child::set_latch() noexcept {
  dispatcher_state& state = block_.state;
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  while (!state.word.compare_exchange_weak(seen, latch::set(seen))) {
  }
  if ((seen & latch::sleepers) != 0) wake_all(low_half(state.word));
  call_all(state, false);  // it stays set, so nobody can miss it
}

namespace {

/// The system keeps 8 bits of a code; what the child has handed over is believed if it has these.
std::int32_t code_at_end(const siginfo_t& info, std::optional<std::int32_t> handed) noexcept {
  if (info.si_code != CLD_EXITED) return 128 + info.si_status;
  return handed && (*handed & 0xFF) == info.si_status ? *handed : info.si_status;
}

}  // namespace

/// The system's part of look().
bool child::find_end() noexcept {
  int told = -1;  // by the descriptor; -1: nothing
  if (pidfd_) {
    pollfd entry{pidfd(), POLLIN, 0};
    told = retry([&] { return ::poll(&entry, 1, 0); });
  }
  if (told == 0) return false;
  if (!ours_) {
    if (told > 0) return true;
    siginfo_t info = {};  // a child of the program's own, which stays as it is
    constexpr int look_only = WEXITED | WNOHANG | WNOWAIT;
    if (retry([&] { return ::waitid(P_PID, static_cast<id_t>(id_), &info, look_only); }) == 0)
      return info.si_pid != 0;
    return ::kill(id_, 0) != 0 && errno == ESRCH;
  }
  siginfo_t info = {};
  if (!pidfd_) {  // its number must stay its own until it has been asked for the code
    constexpr int look_only = WEXITED | WNOHANG | WNOWAIT;
    if (retry([&] { return ::waitid(P_PID, static_cast<id_t>(id_), &info, look_only); }) == 0 &&
        info.si_pid == 0)
      return false;
  }
  const auto handed = code_handed_by(id_);
  info = {};
  const int result = reap(id_, pidfd(), info);
  if (result == 0 && info.si_pid == 0) return false;
  if (result != 0 && errno != ECHILD) return told > 0;
  if (result == 0) code_ = code_at_end(info, handed);
  return true;  // or somebody else has reaped it, and the code is lost
}

bool child::look() noexcept {
  const hold_off_fork gate;
  const std::scoped_lock guard{lock_};
  notice_fork();
  if (ended_) return true;
  // What is found now counts only if the process runs afterwards: else its number may already be
  // another one's.
  handed_code found;
  if (!ours_ && !handed_ && searches_ > 0) {
    --searches_;
    found = handed_code::of(id_);
  }
  if (!find_end()) {
    if (found) handed_ = std::move(found);
    return false;
  }
  ended_ = true;
  if (!ours_) code_ = handed_.get(id_);
  set_latch();
  return true;
}

std::optional<std::int32_t> child::code() noexcept {
  const hold_off_fork gate;
  look();
  const std::scoped_lock guard{lock_};
  return code_;
}

bool child::to_be_reaped() noexcept {
  const hold_off_fork gate;
  if (look()) return false;
  const std::scoped_lock guard{lock_};
  return ours_;
}

bool child::seeks_code() noexcept {
  const hold_off_fork gate;
  const std::scoped_lock guard{lock_};
  return !ours_ && !ended_ && !handed_ && searches_ > 0;
}

void child::kill(failure& why) {
  const hold_off_fork gate;
  if (look()) return;
  const std::scoped_lock guard{lock_};  // nobody reaps meanwhile: the number stays the child's
  int number = pidfd_ ? signal_pidfd(pidfd(), SIGKILL) : ENOSYS;
  if (number == ENOSYS && !ended_) number = ::kill(id_, SIGKILL) == 0 ? 0 : errno;
  if (number != 0 && number != ESRCH && number != ENOSYS) fail_with(number, why);
}

void child::doze(std::chrono::nanoseconds left, std::chrono::nanoseconds& pause) noexcept {
  const auto doze_blindly = [&] {
    pause_for(std::min(left, pause));
    pause = std::min<std::chrono::nanoseconds>(2 * pause, 20ms);
  };
  if (!pidfd_) return doze_blindly();
  auto most = std::chrono::nanoseconds(std::chrono::milliseconds(INT_MAX));
  if (seeks_code()) {
    most = pause;
    pause = std::min<std::chrono::nanoseconds>(2 * pause, 20ms);
  }
  const auto slice = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, most));
  pollfd entry{pidfd(), POLLIN, 0};
  // No retry: who calls looks at the clock and comes back.
  if (::poll(&entry, 1, static_cast<int>(slice.count())) < 0 && !interrupted()) doze_blindly();
}

}  // namespace isthmus::detail
