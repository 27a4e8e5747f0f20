// SPDX-License-Identifier: MIT
//
// Two processes on one CPU that wake each other in turns. What is told is the time from one's turn
// to its next one.
#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>

#include "futex.hpp"
#include "row.hpp"
#include "shared.hpp"
#include "worker.hpp"

#include <array>
#include <string>

namespace bench {
namespace {

constexpr std::int64_t questions_of_round = 500;  // turns

void give(isthmus::semaphore& to) { to.release(); }
void take(isthmus::semaphore& from) { from.acquire(); }
void give(isthmus::event& to) { to.set(); }
void take(isthmus::event& from) { from.wait(); }
void give(futex& to) { to.give(); }
void take(futex& from) { from.take(); }

/// The other process: gives back whatever it is given, so many times.
template <class Object>
worker echo(Object& there, Object& back) {
  return worker([&] {
    return [&](std::int64_t turns) {
      for (std::int64_t i = 0; i < turns; ++i) {
        take(there);
        give(back);
      }
      return answer{};
    };
  });
}

template <class Object>
side turns_with(const worker& other, Object& there, Object& back) {
  return [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      other.ask(questions_of_round);
      const std::int64_t start = now();
      for (std::int64_t i = 0; i < questions_of_round; ++i) {
        give(there);
        take(back);
      }
      state.SetIterationTime(1e-9 * static_cast<double>(now() - start) / questions_of_round);
      (void)other.result();
    }
  };
}

template <class Ours>
figures ping_pong(effort work) {
  auto there = Ours::create({.name = unique_name("there")});
  auto back = Ours::create({.name = unique_name("back")});
  shared<std::array<futex, 2>> words;
  auto& [word_there, word_back] = words.get();
  const worker ours = echo(there, back);
  const worker peer = echo(word_there, word_back);
  return compare({.iterations = 1, .rounds = 400, .own_clock = true}, work,
                 turns_with(ours, there, back), turns_with(peer, word_there, word_back));
}

}  // namespace

std::vector<row> ping_pong_rows() {
  return {{"semaphore, ping-pong on one CPU", "raw futex", 1.1, ping_pong<isthmus::semaphore>},
          {"event, ping-pong on one CPU", "raw futex", 1.1, ping_pong<isthmus::event>}};
}

}  // namespace bench
