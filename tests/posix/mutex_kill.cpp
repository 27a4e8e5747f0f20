// SPDX-License-Identifier: MIT
//
// Processes that die or stop in the middle of lock and unlock.
#include "forked.hpp"
#include "seams.hpp"

#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

/// A waiter that was woken and then killed is made up for when the others look around.
constexpr auto slice = 250ms;
time_limit slack() { return support::scaled(400ms); }

struct board {
  std::atomic<int> ready, done, abandoned, faults, inside;
  std::atomic<std::int64_t> longest;  // milliseconds between the death and the lock
  std::atomic<std::int64_t> died;     // the steady clock's
  std::atomic<bool> go;
};

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             support::clock::now().time_since_epoch())
      .count();
}

/// Locks once, notes how, unlocks.
int wait_once(mutex& guard, board& notes) {
  ++notes.ready;
  const wait_status status = guard.lock();
  if (++notes.inside != 1) ++notes.faults;
  if (status == wait_status::abandoned) ++notes.abandoned;
  const std::int64_t took = now() - notes.died;
  if (took > notes.longest) notes.longest = took;
  --notes.inside;
  guard.unlock();
  ++notes.done;
  return 0;
}

/// How many of a process's threads sleep in the kernel; here: whether the main one does.
bool asleep(const forked& process) {
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
  crowd(mutex& guard, int size) {
    for (int i = 0; i < size; ++i) waiters_.emplace_back([&] { return wait_once(guard, *notes_); });
    (void)support::eventually([&] { return notes_->ready == size; });
    for (const auto& waiter : waiters_)
      (void)support::eventually([&] { return asleep(waiter); }, support::scaled(2s));
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

}  // namespace

TEST_CASE("an owner killed with waiters is told of once and delays nobody",
          "[mutex][MTX-06][MTX-08][MTX-09]") {
  auto guard = mutex::create();
  for (int round = 0; round < 20; ++round) {
    shared<std::atomic<bool>> locked;
    forked owner([&] {
      guard.lock();
      guard.lock();
      *locked = true;
      ::sleep(60);
      return 0;
    });
    REQUIRE(support::eventually([&] { return locked->load(); }));
    crowd waiters(guard, 4);
    waiters.notes().died = now();
    owner.kill();
    waiters.check(1);
  }
}

TEST_CASE("an owner killed between unlocking and waking delays nobody for long",
          "[mutex][MTX-06]") {
  auto guard = mutex::create();
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked owner([&] {
    guard.lock();
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    signal_at(step::unlock_before_wake, SIGKILL);
    guard.unlock();
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  crowd waiters(guard, 3);
  waiters.notes().died = now();
  (*flags)[1] = true;
  CHECK(owner.ended() == 128 + SIGKILL);
  waiters.check(0);
}

TEST_CASE("a waiter killed before or after its sleep takes no wake with it", "[mutex][MTX-06]") {
  for (const step where : {step::lock_before_sleep, step::lock_after_sleep}) {
    INFO(name_of(where));
    auto guard = mutex::create();
    guard.lock();
    // The victim is first in line, so that the first wake is for it.
    forked victim([&] {
      signal_at(where, SIGKILL);
      guard.lock();
      return 0;
    });
    if (where == step::lock_before_sleep) {
      CHECK(victim.ended() == 128 + SIGKILL);
    } else {
      REQUIRE(support::eventually([&] { return asleep(victim); }));
    }
    crowd waiters(guard, 3);
    waiters.notes().died = now();
    guard.unlock();
    waiters.check(0);
    CHECK(victim.ended() == 128 + SIGKILL);
  }
}

TEST_CASE("one that dies while it takes over from the dead is a dead owner itself",
          "[mutex][MTX-07][MTX-08]") {
  auto guard = mutex::create();
  CHECK(in_child([&] {
          guard.lock();
          return 0;
        }) == 0);
  CHECK(in_child([&] {
          signal_at(step::lock_taken_over, SIGKILL);
          guard.lock();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(guard.lock() == wait_status::abandoned);
  guard.unlock();
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("one that dies when it has just made its record disturbs nobody", "[mutex][MTX-06]") {
  auto guard = mutex::create();
  CHECK(in_child([&] {
          signal_at(step::enrol_record_published, SIGKILL);
          guard.lock();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a stopped waiter swallows no wakes", "[mutex][MTX-13]") {
  auto guard = mutex::create();
  for (int round = 0; round < 10; ++round) {
    guard.lock();
    forked first([&] {
      guard.lock();
      guard.unlock();
      return 0;
    });
    REQUIRE(support::eventually([&] { return asleep(first); }));
    crowd waiters(guard, 1);
    first.signal(SIGSTOP);
    REQUIRE(first.stopped());
    waiters.notes().died = now();
    guard.unlock();
    waiters.check(0);
    first.signal(SIGCONT);
    CHECK(first.ended() == 0);
  }
}

TEST_CASE("an owner that is stopped is alive", "[mutex][MTX-12]") {
  auto guard = mutex::create();
  shared<std::atomic<bool>> locked;
  forked owner([&] {
    guard.lock();
    *locked = true;
    ::raise(SIGSTOP);
    guard.unlock();
    return 0;
  });
  REQUIRE(owner.stopped());
  CHECK_FALSE(guard.try_lock_for(600ms));
  owner.signal(SIGCONT);
  CHECK(guard.try_lock_for(support::patience()));
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
  CHECK(owner.ended() == 0);
}
