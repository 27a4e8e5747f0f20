// SPDX-License-Identifier: MIT
//
// Processes that wait for a mutex, and how they fare.
#pragma once

#include "forked.hpp"
#include "seams.hpp"

#include "posix/system/sleep.hpp"

#include "support/thread_state.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <list>
#include <string>
#include <string_view>

namespace white {

/// A waiter that was woken and then killed is made up for when the others look around.
inline constexpr std::chrono::milliseconds slice{250};
/// By how much a busy machine may be late. Far below support::patience(), which is what a lost wake
/// would take.
inline time_limit slack() { return support::scaled(std::chrono::milliseconds(3000)); }

struct board {
  std::atomic<int> done, abandoned, faults, inside;
  std::atomic<std::int64_t> longest;  // milliseconds between the death and the lock
  std::atomic<std::int64_t> died;     // the steady clock's
  std::array<std::atomic<int>, 4> sleeps;
};

inline std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             support::clock::now().time_since_epoch())
      .count();
}

/// Locks once, notes how, unlocks.
inline int wait_once(isthmus::mutex& guard, board& notes) {
  const isthmus::wait_status status = guard.lock();
  if (++notes.inside != 1) ++notes.faults;
  if (status == isthmus::wait_status::abandoned) ++notes.abandoned;
  const std::int64_t took = now() - notes.died;
  if (took > notes.longest) notes.longest = took;
  --notes.inside;
  guard.unlock();
  ++notes.done;
  return 0;
}

/// Whether a process's main thread sleeps in the kernel: in a wait, where that can be told.
inline bool asleep(const forked& process) {
  const auto id = static_cast<std::uint32_t>(process.id());
  const auto state = support::state_of({id, id});
  if (state != support::thread_state::unknown)
    return state == support::thread_state::waits || state == support::thread_state::naps;
  std::string path = "/proc/" + std::to_string(process.id()) + "/stat";
  std::array<char, 512> text{};
  FILE* const file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return false;
  const auto size = std::fread(text.data(), 1, text.size() - 1, file);
  std::fclose(file);
  const std::string_view line(text.data(), size);
  const auto place = line.rfind(')');
  return place != std::string_view::npos && place + 2 < line.size() && line[place + 2] == 'S';
}

/// Waits until a process that counts its sleeps is asleep in a lock. With the portable engine it
/// only naps there, and on a busy machine is hardly ever seen asleep.
[[nodiscard]] inline bool comes_to_wait(const forked& process, const std::atomic<int>& sleeps) {
  return support::eventually(
      [&] { return sleeps != 0 && (isthmus::detail::portable_engine || asleep(process)); });
}

class crowd {
 public:
  crowd(isthmus::mutex& guard, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      auto& sleeps = notes_->sleeps.at(i);
      const auto& waiter = waiters_.emplace_back([&] {
        count_sleeps(sleeps);
        return wait_once(guard, *notes_);
      });
      REQUIRE(comes_to_wait(waiter, sleeps));
    }
  }

  /// Whether all got the mutex in time, with as many `abandoned` as there were deaths.
  void check(int deaths) {
    for (auto& waiter : waiters_) CHECK(waiter.ended() == 0);
    CHECK(notes_->abandoned == deaths);
    CHECK(notes_->faults == 0);
    CHECK(std::chrono::milliseconds(notes_->longest) <= slice + slack());
  }

  board& notes() { return *notes_; }

 private:
  shared<board> notes_;
  std::list<forked> waiters_;
};

}  // namespace white
