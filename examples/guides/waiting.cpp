// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <chrono>
#include <thread>

namespace {

using namespace std::chrono_literals;

void one() {
  auto guard = isthmus::mutex::create();
  // [one]
  switch (guard.wait_for(2s)) {
    case isthmus::wait_status::signaled:   // ours
    case isthmus::wait_status::abandoned:  // ours; its last owner died, so look at the data first
      guard.unlock();
      break;
    case isthmus::wait_status::timeout:  // not ours, and nothing has changed
    case isthmus::wait_status::failed:   // only in the forms with std::error_code
      break;
  }
  // [end]
  guides::expect(guard.try_lock(), "the mutex is free");
  guard.unlock();
}

void dead_owner() {
  // [dead]
  auto guard = isthmus::mutex::create();
  std::thread([other = guard.duplicate()]() mutable { other.lock(); }).join();  // ends with it

  guard.lock();
  bool repair = guard.abandoned();  // true: told once, to the next owner
  guard.unlock();
  // [end]
  guides::expect(repair, "the death of the owner is told");
  guard.lock();
  guides::expect(!guard.abandoned(), "and once only");
  guard.unlock();
}

void any() {
  int served = 0;
  // [any]
  auto more = isthmus::semaphore::create({.initial = 3});
  auto stop = isthmus::event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});

  // Of those that are ready the first in the list is taken: three times `more`, then `stop`.
  while (isthmus::wait_any({more, stop}).index == 0) ++served;
  // [end]
  guides::expect(served == 3, "the order of the list decides");
}

void all() {
  // [all]
  auto left = isthmus::mutex::create();
  auto right = isthmus::mutex::create();
  // Both or neither, whatever others do: nobody can be in the middle, so nobody deadlocks.
  if (isthmus::wait_all_for({left, right}, 1s).status == isthmus::wait_status::signaled) {
    left.unlock();
    right.unlock();
  }
  // [end]
  guides::expect(left.try_lock() && right.try_lock(), "both were given back");
  left.unlock();
  right.unlock();
}

void events() {
  // [events]
  auto gate = isthmus::event::create({.mode = isthmus::reset_mode::manual});
  auto turn = isthmus::event::create();  // automatic

  gate.set();
  gate.wait();  // goes through
  gate.wait();  // so does everybody, until gate.reset()

  turn.set();
  turn.wait();                                   // takes it
  bool second = turn.wait_for(0s) ==             // one set, one wait
                isthmus::wait_status::signaled;  // false
  // [end]
  guides::expect(!second, "an automatic event lets one pass");
}

void timers() {
  int beats = 0;
  // [timers]
  auto beat = isthmus::timer::create();
  beat.arm(0s, 5ms);  // at once, then every 5 ms
  while (beats < 3) {
    beat.wait();
    ++beats;
  }
  beat.cancel();
  // [end]
  guides::expect(beats == 3, "the timer beats");
}

}  // namespace

void guides::waiting() {
  one();
  dead_owner();
  any();
  all();
  events();
  timers();
}
