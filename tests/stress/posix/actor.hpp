// SPDX-License-Identifier: MIT
//
// One that acts in the storm: a worker, or the parent, which acts now and then. What it can do is
// here by kinds; each of these keeps its part of the books.
#pragma once

#include "books.hpp"

#include <isthmus/wait.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

namespace storm {

struct actor {
  books& all;
  objects& shared;
  int self{};
  std::mt19937_64 random;

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  bool one_in(std::uint64_t number) { return below(number) == 0; }
  [[nodiscard]] std::size_t at() const { return static_cast<std::size_t>(self); }
  void say(std::uint32_t state) {
    all.state.at(at()) = state;
    ++all.steps;
  }
  void fault(const char* what, std::int64_t figure) const { all.fault(what, self, figure); }

  /// How a wait ended that began at this time.
  void note(isthmus::wait_status status, std::int64_t began) const;
  /// Nanoseconds that a wait may take longer than it should.
  [[nodiscard]] static std::int64_t slack();
};

/// permits.cpp: waits for permits and mutexes, alone, for any and for all; holds what it got for a
/// moment, or hands it on for something else; gives it back.
void take_and_give(actor& who);

/// mutexes.cpp: the guards and `writer` have a bit each. Who has taken some says that it owns them,
/// and before it unlocks that it does not; nobody else must have said so meanwhile.
inline constexpr std::uint32_t the_writer = 4;
isthmus::mutex& mutex_of(actor& who, std::size_t index);
void own(actor& who, std::uint32_t mutexes, bool abandoned);
void disown(actor& who, std::uint32_t mutexes);
/// Takes a mutex that it owns a few times more, in all ways; how often.
int take_again(actor& who, isthmus::mutex& owned);
void unlock(actor& who, isthmus::mutex& owned, int times);
/// Takes `writer`; how often it is had then. It is given back as often.
int begin_writing(actor& who);
void end_writing(actor& who, int times);

/// events.cpp: the gate and the knock.
void change_gate(actor& who);
void check_gate(actor& who);
void open_gate(actor& who);
void knock(actor& who);
void await_gate(actor& who);
void await_knock(actor& who);
void count_knock(actor& who);

/// timers.cpp: the alarm and the tick.
void change_alarm(actor& who);
void check_alarm(actor& who);
void ring_alarm(actor& who);
void change_tick(actor& who);
void start_tick(actor& who);
void await_alarm(actor& who);
void await_tick(actor& who);
void count_tick(actor& who);

/// How long to wait for a signal: mostly not for long.
std::chrono::nanoseconds patience(actor& who);

}  // namespace storm
