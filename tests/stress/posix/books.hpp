// SPDX-License-Identifier: MIT
//
// The books of the kill storm: the state that is expected, as the workers say it themselves, in
// memory that is not the library's. What a worker does it says before and after, so that of one
// that was killed it is known what it certainly did, and what it may have done.
#pragma once

#include "posix/forked.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace storm {

inline constexpr std::size_t workers = 8;
inline constexpr int the_parent = 8;  // who is none of them
inline constexpr std::size_t names = 3;
inline constexpr std::int32_t permits = 3;  // of the pool

/// What a worker waits for, has, or gives back: permits of the pool; the one of the baton, an
/// automatic event; something that is signalled and belongs to nobody.
inline constexpr std::uint32_t pool = 1;
inline constexpr std::uint32_t baton = 2;
inline constexpr std::uint32_t signals = 4;
inline constexpr std::uint32_t anything = 7;

inline constexpr unsigned taking_at = 0;   ///< it may have got what it waits for
inline constexpr unsigned holding_at = 4;  ///< it has it
inline constexpr unsigned giving_at = 8;   ///< it may have given it back

/// What only the owner of objects::writer changes. Odd: it is being changed, or somebody has died
/// changing it, and nothing is known.
class version {
 public:
  void begin() { number_ |= 1; }
  void end() { ++number_; }
  [[nodiscard]] std::uint64_t now() const { return number_; }
  [[nodiscard]] bool known() const { return (number_ & 1) == 0; }

 private:
  std::atomic<std::uint64_t> number_;
};

/// The gate, a manual event.
struct gate_book {
  version changes;
  std::atomic<bool> set;
  std::atomic<std::uint64_t> opened;  ///< how often anybody began to set or pulse it
};

/// The alarm, a manual timer. It becomes set between two times of the steady clock (nanoseconds).
struct alarm_book {
  static constexpr auto never = std::numeric_limits<std::int64_t>::max();
  version changes;
  std::atomic<std::int64_t> earliest{never}, latest{never};
};

/// Automatic ones that anybody signals: at most so many waits are satisfied.
struct count_book {
  std::atomic<std::uint64_t> given, got;
};

/// A name that workers make, open and close.
struct name_book {
  std::atomic<std::uint64_t> entered;                      ///< how often anybody began to get it
  std::array<std::atomic<bool>, workers> may;              ///< may hold it
  std::array<std::atomic<std::uint64_t>, workers> surely;  ///< holds it: the number of this time
};

/// Why what a worker says to hold does not count.
inline constexpr std::uint32_t will_be_killed = 1;
inline constexpr std::uint32_t dies_at_a_step = 2;

struct books {
  std::array<std::atomic<std::uint32_t>, workers> state;   ///< the three masks
  std::array<std::atomic<bool>, workers> acting;           ///< does anything at all
  std::array<std::atomic<std::uint32_t>, workers> doomed;  ///< of names
  std::array<std::atomic<int>, 3> owner;                   ///< of the mutexes: the worker + 1
  gate_book gate;
  alarm_book alarm;
  count_book knock, tick;
  std::array<name_book, names> name;
  std::int64_t began = 0;

  std::atomic<bool> pause, stop;
  std::atomic<std::uint64_t> steps;  ///< grows whenever something is done
  std::atomic<std::uint64_t> waits, timeouts, abandoned, changes, made, found, busy, faults;
  std::atomic<std::int64_t> longest;  ///< microseconds of the longest wait that was satisfied
  std::array<char, 200> first_fault{};

  /// Who found what, and a figure that belongs to it.
  void fault(const char* what, int worker, std::int64_t figure) {
    if (faults.fetch_add(1) == 0)
      std::snprintf(first_fault.data(), first_fault.size(), "%s (%d, %lld)", what, worker,
                    static_cast<long long>(figure));
  }
};

struct objects {
  isthmus::semaphore pool = isthmus::semaphore::create({.initial = permits, .maximum = permits});
  isthmus::event baton = isthmus::event::create({.initially_set = true});
  std::array<isthmus::mutex, 2> guard{isthmus::mutex::create(), isthmus::mutex::create()};
  isthmus::mutex writer = isthmus::mutex::create();  ///< who has it changes gate, alarm and tick
  isthmus::event gate = isthmus::event::create({.mode = isthmus::reset_mode::manual});
  isthmus::event knock = isthmus::event::create();
  isthmus::timer alarm = isthmus::timer::create({.mode = isthmus::reset_mode::manual});
  isthmus::timer tick = isthmus::timer::create();
};

/// The steady clock's, in nanoseconds.
inline std::int64_t now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace storm
