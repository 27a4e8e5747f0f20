// SPDX-License-Identifier: MIT
//
// The books of the kill storm: who holds what, as the workers say themselves, in memory that is not
// the library's. What a worker does with permits it says before and after each step, so that of one
// that was killed it is known what it certainly held, and what it may have held:
//
//     taking    it may have got what it waits for         holding   it has it
//     giving    it may have given it back
#pragma once

#include "posix/forked.hpp"
#include "posix/states.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>

namespace storm {

inline constexpr int workers = 8;
inline constexpr std::uint32_t permits = 3;  // of the pool

/// What permits there are: of the pool, and the one of the baton, an automatic event.
inline constexpr std::uint32_t pool = 1;
inline constexpr std::uint32_t baton = 2;
inline constexpr unsigned taking_at = 0;
inline constexpr unsigned holding_at = 4;
inline constexpr unsigned giving_at = 8;

struct books {
  std::array<std::atomic<std::uint32_t>, workers> state;  ///< the three masks
  std::array<std::atomic<std::uint64_t>, workers> steps;  ///< grows whenever something is done
  std::array<std::atomic<int>, 2> owner;                  ///< of the mutexes: the worker + 1
  std::atomic<bool> pause, stop;
  std::atomic<std::uint64_t> waits, timeouts, abandoned, faults;
  std::atomic<std::int64_t> longest;  ///< microseconds of the longest wait that was satisfied
  std::array<char, 200> first_fault{};

  void fault(const char* what, int worker, std::int64_t figure) {
    if (faults.fetch_add(1) == 0)
      std::snprintf(first_fault.data(), first_fault.size(), "%s (worker %d, %lld)", what, worker,
                    static_cast<long long>(figure));
  }
  /// How many say that they hold a permit.
  [[nodiscard]] std::uint32_t holders(std::uint32_t which) const {
    std::uint32_t number = 0;
    for (const auto& one : state)
      if ((one.load() >> holding_at & which) != 0) ++number;
    return number;
  }
};

struct objects {
  isthmus::semaphore pool = isthmus::semaphore::create({.initial = permits, .maximum = permits});
  isthmus::event baton = isthmus::event::create({.initially_set = true});
  std::array<isthmus::mutex, 2> guard{isthmus::mutex::create(), isthmus::mutex::create()};
  isthmus::timer tick = isthmus::timer::create();
};

/// A worker, until the books say stop; it may kill itself at a step of the library.
int run(books& all, objects& shared, int self, std::uint64_t seed);

}  // namespace storm
