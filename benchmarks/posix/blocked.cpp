// SPDX-License-Identifier: MIT
//
// Waits of several objects, and several waiters of one object, where the waiter really sleeps; and
// waits for all. There are no targets: nothing else can do the same. What stands beside them is the
// least that a hand-over of one word takes.
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include "futex.hpp"
#include "row.hpp"
#include "shared.hpp"
#include "worker.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {
namespace {

constexpr std::int64_t turns_of_round = 200;  // turns

/// Many semaphores, as one object of which the last is given and any is taken.
class last_of_many {
 public:
  explicit last_of_many(std::size_t count) : all_(count) {
    for (auto& one : all_) one = isthmus::semaphore::create();
    list_.assign(all_.begin(), all_.end());
  }
  void give() { all_.back().release(); }
  void take() { isthmus::wait_any(list_); }

 private:
  std::vector<isthmus::semaphore> all_;
  std::vector<isthmus::wait_ref> list_;
};

class one_semaphore {
 public:
  void give() { object_.release(); }
  void take() { object_.acquire(); }

 private:
  isthmus::semaphore object_ = isthmus::semaphore::create();
};

/// The others: each gives back whatever it is given, until it is killed.
template <class There, class Back>
std::vector<worker> echoes(std::size_t count, There& there, Back& back) {
  std::vector<worker> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.emplace_back([&] {
      return [&](std::int64_t) -> answer {
        for (;;) {
          there.take();
          back.give();
        }
      };
    });
    all.back().ask(0);
  }
  return all;
}

template <class There, class Back>
side turns_with(There& there, Back& back) {
  return [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      const std::int64_t start = now();
      for (std::int64_t i = 0; i < turns_of_round; ++i) {
        there.give();
        back.take();
      }
      state.SetIterationTime(1e-9 * static_cast<double>(now() - start) / turns_of_round);
    }
  };
}

constexpr plan by_turns{.iterations = 1, .rounds = 100, .own_clock = true};

/// The other process waits for any of so many.
figures any_of(std::size_t objects, effort work) {
  last_of_many there(objects);
  one_semaphore back;
  shared<std::array<futex, 2>> words;
  auto& [word_there, word_back] = words.get();
  const auto ours = echoes(1, there, back);
  const auto peer = echoes(1, word_there, word_back);
  return compare(by_turns, work, turns_with(there, back), turns_with(word_there, word_back));
}

/// So many processes wait for the one permit.
figures one_among(std::size_t waiters, effort work) {
  one_semaphore there;
  one_semaphore back;
  shared<std::array<futex, 2>> words;
  auto& [word_there, word_back] = words.get();
  const auto ours = echoes(waiters, there, back);
  const auto peer = echoes(waiters, word_there, word_back);
  return compare(by_turns, work, turns_with(there, back), turns_with(word_there, word_back));
}

/// All of so many, which are ready, and giving them back.
figures all_of(std::size_t objects, effort work) {
  std::vector<isthmus::semaphore> all(objects);
  for (auto& one : all) one = isthmus::semaphore::create({.initial = 1});
  const std::vector<isthmus::wait_ref> list(all.begin(), all.end());
  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      isthmus::wait_all(list);
      for (auto& one : all) one.release();
    }
  };
  struct alignas(64) line {
    std::atomic<std::uint64_t> word = 1;
  };
  std::vector<line> words(objects);
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      for (line& one : words) one.word.fetch_sub(1, std::memory_order_acquire);
      for (line& one : words) one.word.fetch_add(1, std::memory_order_release);
    }
  };
  return compare({.iterations = 2000, .rounds = 100}, work, ours, peer);
}

}  // namespace

std::vector<row> blocked_rows() {
  std::vector<row> rows;
  for (const std::size_t objects : {2, 8, 64})
    rows.push_back({"wait_any, blocked on " + std::to_string(objects) + ", ping-pong", "raw futex",
                    no_target, [=](effort work) { return any_of(objects, work); }});
  for (const std::size_t objects : {2, 8})
    rows.push_back({"wait_all of " + std::to_string(objects) + " ready, and releases",
                    "two atomic operations for each", no_target,
                    [=](effort work) { return all_of(objects, work); }});
  for (const std::size_t waiters : {8, 64})
    rows.push_back({"one permit, " + std::to_string(waiters) + " blocked, and back", "raw futex",
                    no_target, [=](effort work) { return one_among(waiters, work); }});
  return rows;
}

}  // namespace bench
