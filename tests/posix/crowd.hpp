// SPDX-License-Identifier: MIT
//
// Processes that wait for a mutex, and how they fare.
#pragma once

#include "forked.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <list>
#include <string>
#include <string_view>

namespace white {

/// A waiter that was woken and then killed is made up for when the others look around.
inline constexpr std::chrono::milliseconds slice{250};
inline time_limit slack() { return support::scaled(std::chrono::milliseconds(400)); }

struct board {
  std::atomic<int> ready, done, abandoned, faults, inside;
  std::atomic<std::int64_t> longest;  // milliseconds between the death and the lock
  std::atomic<std::int64_t> died;     // the steady clock's
  std::atomic<bool> go;
};

inline std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             support::clock::now().time_since_epoch())
      .count();
}

/// Locks once, notes how, unlocks.
inline int wait_once(isthmus::mutex& guard, board& notes) {
  ++notes.ready;
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

/// How many of a process's threads sleep in the kernel; here: whether the main one does.
inline bool asleep(const forked& process) {
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

class crowd {
 public:
  crowd(isthmus::mutex& guard, int size) {
    for (int i = 0; i < size; ++i) waiters_.emplace_back([&] { return wait_once(guard, *notes_); });
    (void)support::eventually([&] { return notes_->ready == size; });
    for (const auto& waiter : waiters_)
      (void)support::eventually([&] { return asleep(waiter); },
                                support::scaled(std::chrono::seconds(2)));
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
