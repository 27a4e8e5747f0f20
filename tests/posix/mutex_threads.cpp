// SPDX-License-Identifier: MIT
//
// Threads that come and go, many of them, and the slots that they have.
#include "forked.hpp"
#include "seams.hpp"

#include "posix/system/sleep.hpp"

#include "support/mutexes.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include <pthread.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

/// Threads with small stacks, so that there may be thousands.
class many_threads {
 public:
  /// As many as can be had, up to `wanted`.
  many_threads(int wanted, void* (*work)(void*), void* with) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, std::size_t{128} * 1024);
    while (static_cast<int>(threads_.size()) < wanted) {
      pthread_t one{};
      if (pthread_create(&one, &attributes, work, with) != 0) break;
      threads_.push_back(one);
    }
    pthread_attr_destroy(&attributes);
  }
  many_threads(const many_threads&) = delete;
  many_threads& operator=(const many_threads&) = delete;
  ~many_threads() {
    for (const pthread_t one : threads_) pthread_join(one, nullptr);
  }
  [[nodiscard]] int count() const { return static_cast<int>(threads_.size()); }

 private:
  std::vector<pthread_t> threads_;
};

/// A record has 4096 slots: after as many threads a dead owner's slot is another thread's. Where
/// there are no records, fewer show as much.
int many(int threads) {
  return isthmus::detail::portable_engine ? threads : support::repetitions(threads / 5);
}

std::size_t all_mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

}  // namespace

TEST_CASE("thousands of threads that end as owners are told of, each once",
          "[mutex][MTX-06][MTX-08]") {
  auto guard = mutex::create();
  int wrong = 0;
  for (int i = 0; i < many(5000); ++i) {
    const wait_status wanted = i == 0 ? wait_status::signaled : wait_status::abandoned;
    const bool unlocks = i % 3 == 0;
    const auto status = support::in_thread([&] {
      const auto got = guard.lock();
      if (unlocks) {
        guard.unlock();
        guard.lock();
      }
      return got;
    });
    if (status != wanted) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("a slot's next thread is not taken for the former one", "[mutex][MTX-06]") {
  auto left = mutex::create();
  support::in_thread([&] { return left.lock(); });
  auto other = mutex::create();
  for (int i = 0; i < many(4100); ++i)
    support::in_thread([&] {
      other.lock();
      other.unlock();
      return 0;
    });
  support::worker last;  // and it lives
  last.run([&] { return other.try_lock(); });
  CHECK(support::lock_within(left) == wait_status::abandoned);
  left.unlock();
}

TEST_CASE("more threads than a record has slots own mutexes at the same time", "[mutex][MTX-01]") {
  struct scene {
    mutex gate = mutex::create();
    std::atomic<int> enrolled = 0;
    std::atomic<int> faults = 0;
    std::atomic<bool> go = false;
  } play;
  const auto work = [](void* with) -> void* {
    auto& all = *static_cast<scene*>(with);
    auto own = mutex::create();
    if (own.lock() != wait_status::signaled) ++all.faults;
    ++all.enrolled;
    all.go.wait(false);  // untimed: the test's end always says go
    own.unlock();
    return nullptr;
  };
  {
    const many_threads crowd(many(4200), work, &play);
    const bool all =
        support::eventually([&] { return play.enrolled == crowd.count(); }, support::scaled(30s));
    play.go = true;
    play.go.notify_all();
    CHECK(all);
    CHECK(play.faults == 0);
    if (crowd.count() < many(4200)) WARN("only " << crowd.count() << " threads can be had here");
  }
  CHECK(play.gate.try_lock());
}

TEST_CASE("what a process knows of others does not grow with their number", "[mutex]") {
  auto guard = mutex::create();
  const auto meet = [&] {
    shared<std::array<std::atomic<bool>, 2>> flags;
    forked owner([&] {
      guard.lock();
      (*flags)[0] = true;
      await([&] { return (*flags)[1].load(); });
      guard.unlock();
      return 0;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    REQUIRE_FALSE(guard.try_lock());
    (*flags)[1] = true;
    REQUIRE(owner.ended() == 0);
  };
  for (int i = 0; i < 5; ++i) meet();
  const auto before = all_mappings();
  for (int i = 0; i < 100; ++i) meet();
  CHECK(all_mappings() < before + 50);
}
