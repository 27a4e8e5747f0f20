// SPDX-License-Identifier: MIT
#include "posix/processes/watcher.hpp"

#include "pause.hpp"
#include "posix/owners/modules.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/new_pipe.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <new>
#include <vector>

namespace isthmus::detail {
namespace {

constexpr int poll_period = 10;  // milliseconds: where the kernel has nothing to sleep on

/// What there is to watch. Everybody who holds the lock holds the gate as well, so in a forked
/// child it is free and the list is whole.
struct watch_room {
  std::mutex lock;
  std::vector<std::shared_ptr<child>> watched;
  pid_t thread_in = 0;   // the process that has the thread; 0: there is none
  descriptor kick_read;  // a byte in here makes the thread look at the list again
  descriptor kick_write;
};

/// Never destroyed, as the thread outlives exit handlers; and not on the heap, as a handle is
/// closed without memory, too.
watch_room& room() noexcept {
  alignas(watch_room) static std::byte storage[sizeof(watch_room)];
  static auto* const instance = new (storage) watch_room;
  return *instance;
}

/// One look around. What it sleeps on it holds, so that nobody closes that meanwhile.
class round {
 public:
  /// False: there is nothing to watch, and the thread is not counted upon any more.
  bool prepare() {
    const hold_off_fork gate;
    watch_room& here = room();
    const std::scoped_lock guard{here.lock};
    if (here.watched.empty()) {
      here.thread_in = 0;
      here.kick_read.reset();
      here.kick_write.reset();
      return false;
    }
    kick_ = here.kick_read.get();
    children_ = here.watched;
    return true;
  }

  void sleep() {
    std::vector<pollfd> entries;
    entries.reserve(children_.size() + 1);
    bool polled = kick_ == -1 || restless_;
    if (kick_ != -1) entries.push_back({kick_, POLLIN, 0});
    for (const auto& one : children_) {
      if (one->pidfd() == -1 || one->seeks_code()) polled = true;
      if (one->pidfd() != -1 && !restless_) entries.push_back({one->pidfd(), POLLIN, 0});
    }
    const int count =
        retry([&] { return ::poll(entries.data(), entries.size(), polled ? poll_period : -1); });
    if (count < 0) pause_for(std::chrono::milliseconds(poll_period));
    std::array<char, 64> bytes{};
    if (kick_ != -1)
      while (::read(kick_, bytes.data(), bytes.size()) > 0) continue;
    woken_ = count > 0 && !(count == 1 && kick_ != -1 && entries.front().revents != 0);
  }

  void look() noexcept {
    const hold_off_fork gate;
    bool found = false;
    for (const auto& one : children_) found = one->look() || found;
    // Ended, and yet not to be reaped: a debugger has it. Then the descriptor is no use for a
    // while.
    restless_ = woken_ && !found;
    watch_room& here = room();
    const std::scoped_lock guard{here.lock};
    std::erase_if(here.watched, [](const auto& one) { return one->look(); });
    children_.clear();
  }

 private:
  std::vector<std::shared_ptr<child>> children_;
  int kick_ = -1;
  bool woken_ = false;
  bool restless_ = false;
};

void* run(void*) {
  round self;
  for (;;) {
    try {
      if (!self.prepare()) return nullptr;
      self.sleep();
      self.look();
    } catch (const std::bad_alloc&) {
      self.look();  // which needs no memory
      pause_for(std::chrono::milliseconds(poll_period));
    }
  }
}

/// Starts the thread: one that no signal of the program's is delivered to.
int start_thread() noexcept {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_t attributes;
  if (const int error = ::pthread_attr_init(&attributes); error != 0) return error;
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread{};
  const int error = ::pthread_create(&thread, &attributes, run, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  return error;
}

/// Without a pipe, the thread looks around by itself.
void open_kick(watch_room& here) noexcept {
  here.kick_read.reset();  // a forked child's are its parent's
  here.kick_write.reset();
  if (!new_pipe(here.kick_read, here.kick_write)) return;
  for (const int end : {here.kick_read.get(), here.kick_write.get()})
    if (::fcntl(end, F_SETFL, O_NONBLOCK) != 0) {  // to read or write there might never end
      here.kick_read.reset();
      here.kick_write.reset();
      return;
    }
}

void kick(watch_room& here) noexcept {
  if (!here.kick_write) return;
  // Where the pipe is full, it will look anyway. (A cast would not do with hardened C libraries.)
  [[maybe_unused]] const auto written = ::write(here.kick_write.get(), "", 1);
}

}  // namespace

bool watch(const std::shared_ptr<child>& one, failure& why) {
  const hold_off_fork gate;
  watch_room& here = room();
  const std::scoped_lock guard{here.lock};
  const bool runs = here.thread_in == ::getpid();
  if (!runs) {
    here.watched.clear();  // in a forked child, what its parent watches
    open_kick(here);
  }
  if (std::find(here.watched.begin(), here.watched.end(), one) != here.watched.end()) return true;
  here.watched.push_back(one);
  if (runs) {
    kick(here);
    return true;
  }
  stay_loaded();
  const int error = start_thread();
  if (error == 0) {
    here.thread_in = ::getpid();
    return true;
  }
  here.watched.clear();
  here.kick_read.reset();
  here.kick_write.reset();
  why.set_native(error, "no thread could be started to watch the process; wait for it alone");
  return false;
}

void unwatch(const std::shared_ptr<child>& one) noexcept {
  const hold_off_fork gate;
  watch_room& here = room();
  const std::scoped_lock guard{here.lock};
  if (here.thread_in == ::getpid() && std::erase(here.watched, one) != 0) kick(here);
}

}  // namespace isthmus::detail
