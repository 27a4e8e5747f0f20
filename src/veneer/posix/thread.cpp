// SPDX-License-Identifier: MIT
//
// Threads of this process. The system abandons the mutexes of a thread when it is gone, which is
// after the last that it does itself. So one more thread, the undertaker, joins those that have
// said that they end, and tells their handles. It is there as long as there are threads of
// CreateThread.
#include "../thread.hpp"

#include "../error.hpp"
#include "../security.hpp"
#include "../table.hpp"
#include "fork.hpp"
#include "own.hpp"
#include "wall_clock.hpp"

#include <isthmus/event.hpp>

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <csetjmp>
#include <csignal>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace isthmus::veneer {
namespace {

struct thread_state {
  LPTHREAD_START_ROUTINE start = nullptr;  // none: CreateThread did not make it
  LPVOID argument = nullptr;
  std::atomic<DWORD> id{0};
  std::atomic<DWORD> suspended{0};
  std::atomic<DWORD> code{0};
  std::atomic<bool> gone{false};
  const DWORD process = GetCurrentProcessId();
  event ended = event::create({.mode = reset_mode::manual});

  void end() noexcept {
    gone = true;
    std::error_code ignored;
    ended.set(ignored);
  }
};

struct own_thread final : thread_entry {
  own_thread(std::shared_ptr<thread_state> which, DWORD rights) noexcept
      : thread_entry(rights), state(std::move(which)) {
    awaited = &state->ended;
  }
  [[nodiscard]] std::unique_ptr<entry> copy(DWORD rights, std::error_code& /*ec*/) const override {
    return std::make_unique<own_thread>(state, rights);
  }
  [[nodiscard]] DWORD id() const noexcept override { return state->id; }
  [[nodiscard]] bool exit_code(DWORD& code) const noexcept override {
    code = state->gone ? state->code.load() : STILL_ACTIVE;
    return true;
  }
  DWORD resume() noexcept override {
    const DWORD before = state->suspended.exchange(0);
    state->suspended.notify_all();
    return before;
  }

  const std::shared_ptr<thread_state> state;
};

/// Joins threads that end. A leak on purpose: it may be at work when the process ends.
class undertaker {
 public:
  static undertaker& own() {
    static auto* const one = new undertaker;
    return *one;
  }

  /// Starts the thread; 0, or the number of the error.
  int start(std::shared_ptr<thread_state> one, SIZE_T stack, void* (*run)(void*)) {
    const std::scoped_lock guard(lock_);
    std::unique_ptr<std::shared_ptr<thread_state>> owner;
    try {
      ended_.reserve(living_ + 1);  // whoever ends must not need memory
      owner = std::make_unique<std::shared_ptr<thread_state>>(std::move(one));
    } catch (const std::bad_alloc&) {
      return ENOMEM;
    }
    if (!at_work_) {
      if (const int error = start_work()) return error;
      at_work_ = true;
    }
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    if (stack != 0) ::pthread_attr_setstacksize(&attributes, stack);
    pthread_t thread{};
    const int error = ::pthread_create(&thread, &attributes, run, owner.get());
    ::pthread_attr_destroy(&attributes);
    if (error == 0) {
      static_cast<void>(owner.release());
      ++living_;
    } else {
      news_.notify_one();  // perhaps there is nothing to do
    }
    return error;
  }

  void ends(std::shared_ptr<thread_state> one) noexcept {
    const std::scoped_lock guard(lock_);
    ended_.push_back({::pthread_self(), std::move(one)});
    news_.notify_one();
  }

  void before_fork() { lock_.lock(); }
  void after_fork() { lock_.unlock(); }
  /// None of the threads is here. What was known of them is left as it is: this is no place to
  /// close anything.
  void in_child() {
    ::new (&news_) std::condition_variable;
    ::new (&ended_) std::vector<dead>;
    living_ = 0;
    at_work_ = false;
    lock_.unlock();
  }

 private:
  struct dead {
    pthread_t thread;
    std::shared_ptr<thread_state> state;
  };

  int start_work() {
    // No signal of the program's is handled there.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread{};
    const auto run = [](void* self) -> void* {
      static_cast<undertaker*>(self)->work();
      return nullptr;
    };
    const int error = ::pthread_create(&thread, nullptr, run, this);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (error == 0) ::pthread_detach(thread);
    return error;
  }

  void work() {
    std::unique_lock guard(lock_);
    while (living_ != 0) {
      news_.wait(guard, [&] { return !ended_.empty() || living_ == 0; });
      if (ended_.empty()) continue;
      // One that still has something to do in its very end does not hold up the others.
      const auto patience = std::chrono::milliseconds(ended_.size() > 1 ? 1 : 20);
      dead one = std::move(ended_.front());
      ended_.erase(ended_.begin());
      guard.unlock();
      const bool gone = join_until(one.thread, wall_clock_in(patience));
      if (gone) one.state->end();
      guard.lock();
      if (gone)
        --living_;
      else
        ended_.push_back(std::move(one));  // there is room: see start()
    }
    at_work_ = false;
  }

  std::mutex lock_;
  std::condition_variable news_;
  std::vector<dead> ended_;
  std::size_t living_ = 0;
  bool at_work_ = false;
};

/// This thread, from when somebody has asked for it or CreateThread has made it. In a forked child
/// it is another one.
struct current_thread {
  ~current_thread() { leave(); }
  /// The thread is about to end.
  void leave() noexcept {
    if (!known()) return;
    const auto leaving = std::move(state);
    if (leaving->start == nullptr)
      leaving->end();
    else
      undertaker::own().ends(leaving);
  }
  [[nodiscard]] bool known() const noexcept {
    return state != nullptr && state->process == GetCurrentProcessId();
  }

  std::shared_ptr<thread_state> state;
  std::jmp_buf* way_out = nullptr;  // to the end of run_thread
};
thread_local current_thread current;

const at_fork watch({[] { undertaker::own().before_fork(); },
                     [] { undertaker::own().after_fork(); }, [] { undertaker::own().in_child(); }});

/// Runs a thread's function; ExitThread comes back here from any depth of it. As on Win32 nothing
/// is unwound on the way, whatever `noexcept` or `catch` is there.
void run_until_exit(LPTHREAD_START_ROUTINE start, LPVOID argument) {
  std::jmp_buf way_out;
  current.way_out = &way_out;
  if (setjmp(way_out) == 0) current.state->code = start(argument);
  current.way_out = nullptr;
}

// Not noexcept: pthread_exit and pthread_cancel unwind it.
extern "C" void* run_thread(void* owner) {
  std::shared_ptr<thread_state> state;
  {
    const std::unique_ptr<std::shared_ptr<thread_state>> given(
        static_cast<std::shared_ptr<thread_state>*>(owner));
    state = std::move(*given);
  }
  current.state = state;
  state->id = GetCurrentThreadId();
  state->id.notify_all();
  while (state->suspended != 0) state->suspended.wait(1);
  const auto start = state->start;
  auto* const argument = state->argument;
  state = nullptr;
  run_until_exit(start, argument);
  return nullptr;
}

/// What a stack of so many bytes is for the system: its usual one at least, unless less is wanted.
SIZE_T stack_size(SIZE_T wanted, bool exact) {
  if (wanted == 0) return 0;
  const auto page = static_cast<SIZE_T>(::sysconf(_SC_PAGESIZE));
  SIZE_T least = PTHREAD_STACK_MIN;
  if (!exact) {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_getstacksize(&attributes, &least);
    ::pthread_attr_destroy(&attributes);
  }
  return (std::max(wanted, least) + page - 1) / page * page;
}

}  // namespace

std::unique_ptr<entry> this_thread_entry(DWORD rights, std::error_code& /*ec*/) {
  if (!current.known()) {
    current.state = std::make_shared<thread_state>();
    current.state->id = GetCurrentThreadId();
  }
  return std::make_unique<own_thread>(current.state, rights);
}

}  // namespace isthmus::veneer

using namespace isthmus::veneer;

HANDLE CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack, LPTHREAD_START_ROUTINE start,
                    LPVOID argument, DWORD flags, LPDWORD id) {
  return guarded([&]() -> HANDLE {
    if ((flags & ~(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)) != 0 || start == nullptr)
      return no_handle(ERROR_INVALID_PARAMETER);
    const auto state = std::make_shared<thread_state>();
    state->start = start;
    state->argument = argument;
    if ((flags & CREATE_SUSPENDED) != 0) state->suspended = 1;
    const HANDLE handle =
        insert(std::make_unique<own_thread>(state, THREAD_ALL_ACCESS), flags_of(attributes));
    if (handle == nullptr) return nullptr;
    const bool exact = (flags & STACK_SIZE_PARAM_IS_A_RESERVATION) != 0;
    if (undertaker::own().start(state, stack_size(stack, exact), run_thread) != 0) {
      close(handle);
      return no_handle(ERROR_NOT_ENOUGH_MEMORY);
    }
    state->id.wait(0);
    if (id != nullptr) *id = state->id;
    return handle;
  });
}

VOID ExitThread(DWORD code) {
  if (current.known()) {
    current.state->code = code;
    if (current.way_out != nullptr) std::longjmp(*current.way_out, 1);
    current.leave();  // for its first thread the C library would do so only with the process
  }
  ::pthread_exit(nullptr);
}
