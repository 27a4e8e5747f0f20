// SPDX-License-Identifier: MIT
//
// Three objects for one wait for all, and the moments at which it is killed.
#pragma once

#include "forked.hpp"
#include "recorded.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <csignal>
#include <initializer_list>
#include <vector>

namespace white {

struct set_of_three {
  /// In another order each round: that of their creation is that in which they are reserved.
  explicit set_of_three(int round = 0) {
    if (round % 3 != 0) tokens = isthmus::semaphore::create({.initial = 1, .maximum = 5});
    if (round % 3 == 2) ready = isthmus::event::create({.initially_set = true});
  }

  isthmus::semaphore tokens = isthmus::semaphore::create({.initial = 1, .maximum = 5});
  isthmus::event ready = isthmus::event::create({.initially_set = true});
  isthmus::mutex guard = isthmus::mutex::create();

  isthmus::wait_result take(support::time_limit limit) {
    return isthmus::wait_all_for({tokens, ready, guard}, limit);
  }
  /// As if processes of several name spaces had come.
  void make_doors() const {
    for (const isthmus::waitable* const one :
         std::initializer_list<const isthmus::waitable*>{&tokens, &ready, &guard})
      page_of(*one).line().several_spaces = 1;
  }
  /// And gives everything back.
  void take_and_give_back() {
    if (take(support::time_limit(0)).status == isthmus::wait_status::timeout) return;
    guard.unlock();
    put_back();
  }
  /// However much of it was taken.
  void put_back() {
    while (tokens.try_acquire()) {
    }
    tokens.release();
    ready.set();
  }
  /// Killed when it comes to a step for the n-th time.
  int killed_at(step where, int nth, bool by_record = false) {
    return in_child([&] {
      if (by_record) own_with_records();
      signal_at(where, SIGKILL, nth);
      (void)take(support::time_limit(0));
      return 0;
    });
  }
  [[nodiscard]] bool nobody_has_reserved() const {
    return (page_of(tokens).word() & isthmus::detail::counted::guard) == 0 &&
           (page_of(ready).word() & isthmus::detail::counted::guard) == 0 &&
           (page_of(guard).word() & isthmus::detail::mutex_word::guard) == 0;
  }
};

struct moment_of_death {
  step where;
  int nth;
  bool taken;
};
inline const std::vector<moment_of_death> moments{
    {step::all_one_reserved, 1, false}, {step::all_one_reserved, 2, false},
    {step::all_one_reserved, 3, false}, {step::all_before_decision, 1, false},
    {step::all_chained, 1, false},      {step::all_decided, 1, true},
    {step::all_one_taken, 1, true},     {step::all_one_taken, 2, true},
    {step::all_one_taken, 3, true},     {step::all_before_close, 1, true}};

/// With a journal there are no commits.
inline bool comes_to(step where, bool by_record) {
  return where != step::all_chained || (!by_record && !isthmus::detail::portable_engine);
}

}  // namespace white
