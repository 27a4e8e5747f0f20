// SPDX-License-Identifier: MIT
#include "storm.hpp"

#include "worker.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include <unistd.h>

namespace storm {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using white::forked;

storm::storm(std::uint64_t seed) : me_{*books_, shared_, the_parent, std::mt19937_64(seed)} {
  books_->began = now();
  for (std::size_t worker = 0; worker < workers; ++worker) all_.push_back(start(worker));
}

void storm::run(std::chrono::duration<double> time) {
  const auto end = steady_clock::now() + time;
  auto next = steady_clock::now() + 300ms;
  while (steady_clock::now() < end && books_->faults == 0) {
    ::usleep(static_cast<useconds_t>(500 + me_.below(pace_)));
    kill_one();
    bury();
    if (steady_clock::now() < next) continue;
    settle();
    next = steady_clock::now() + 300ms;
    pace_ = 1000U << me_.below(7);
  }
  if (books_->faults == 0) settle();
  books_->stop = true;
}

bool storm::report() {
  for (auto& worker : all_) {
    const auto code = worker.ended();
    if (!code || (*code != 0 && *code != 128 + SIGKILL))
      books_->fault("a worker did not end", the_parent, code.value_or(-1));
  }
  const auto figure = [](const auto& value) {
    return static_cast<unsigned long long>(value.load());
  };
  std::printf(
      "waits %llu, timed out %llu, changes %llu, names made %llu and found %llu (busy %llu), "
      "deaths %d, abandoned %llu, permits in doubt %d, settled %d times, longest wait %.1f ms, "
      "faults %llu %s\n",
      figure(books_->waits), figure(books_->timeouts), figure(books_->changes),
      figure(books_->made), figure(books_->found), figure(books_->busy), deaths_,
      figure(books_->abandoned), doubts_, settled_, static_cast<double>(books_->longest) / 1000,
      figure(books_->faults), books_->first_fault.data());
  return books_->faults == 0;
}

forked storm::start(std::size_t worker) {
  return forked([this, worker, seed = me_.random()] {
    return ::storm::run(*books_, shared_, static_cast<int>(worker), seed);
  });
}

void storm::kill_one() {
  const auto victim = static_cast<std::size_t>(me_.below(workers));
  books_->doomed.at(victim) |= will_be_killed;
  all_[victim].signal(SIGKILL);
}

/// The dead are replaced. What they certainly held is given back at once.
void storm::bury() {
  for (std::size_t worker = 0; worker < workers; ++worker) {
    const auto code = all_[worker].ended(0ms);
    if (!code) continue;
    ++deaths_;
    ++books_->steps;  // what was there may have gone with it
    if (*code != 128 + SIGKILL)
      books_->fault("a worker ended by itself", static_cast<int>(worker), *code);
    const std::uint32_t state = books_->state.at(worker).exchange(0);
    const std::uint32_t doubtful = state >> taking_at | state >> giving_at;
    if ((doubtful & pool) != 0) ++pool_doubts_;
    if ((doubtful & baton) != 0) ++baton_doubts_;
    if ((state >> holding_at & pool) != 0) shared_.pool.release();
    if ((state >> holding_at & baton) != 0) shared_.baton.set();
    for (auto& name : books_->name) {
      name.surely.at(worker) = 0;
      name.may.at(worker) = false;
    }
    books_->doomed.at(worker) = 0;
    books_->acting.at(worker) = false;
    std::destroy_at(&all_[worker]);
    std::construct_at(&all_[worker], start(worker));
  }
}

bool storm::nobody(unsigned does, std::uint32_t with) const {
  return std::all_of(books_->state.begin(), books_->state.end(),
                     [&](const auto& one) { return (one >> does & with) == 0; });
}

/// Nobody holds or gives anything, and nobody is about to take what is there: what there is,
/// including what the dead have been promised, must be what there was, less what is in doubt.
/// Then that is made up for.
void storm::count() {
  // What somebody took by a wait for all that was decided when it died is taken by the next that
  // comes, and belongs to the books of now.
  if (shared_.pool.wait_for(0ms) == isthmus::wait_status::signaled) shared_.pool.release();
  if (shared_.baton.wait_for(0ms) == isthmus::wait_status::signaled) shared_.baton.set();
  const auto here = static_cast<std::int32_t>(pool_page_.count() + pool_page_.granted());
  const bool set = (baton_page_.count() & 1) + baton_page_.granted() != 0;
  if (here > permits) me_.fault("more permits than there were", here);
  if (permits - here > static_cast<std::int32_t>(pool_doubts_))
    me_.fault("permits have been lost", here);
  if (!set && baton_doubts_ == 0) me_.fault("the baton has been lost", 0);
  doubts_ += static_cast<int>(pool_doubts_ + baton_doubts_);
  pool_doubts_ = baton_doubts_ = 0;
  if (here < permits) shared_.pool.release(permits - here);
  if (!set) shared_.baton.set();
}

/// Signals all that anybody may be waiting for.
void storm::serve() {
  const int times = begin_writing(me_);
  if (times == 0) return;
  check_gate(me_);
  check_alarm(me_);
  open_gate(me_);
  ring_alarm(me_);
  start_tick(me_);
  end_writing(me_, times);
}

/// With nobody in the way each of them satisfies a wait.
void storm::check_signals() {
  const auto limit = support::scaled(1500ms);
  ++books_->knock.given;
  shared_.knock.set();
  const auto good = isthmus::wait_status::signaled;
  if (shared_.gate.wait_for(0ms) != good) me_.fault("the gate does not stay open", 0);
  if (shared_.alarm.wait_for(0ms) != good) me_.fault("the alarm does not stay set", 0);
  if (shared_.knock.wait_for(limit) != good) me_.fault("a knock is not heard", 0);
  ++books_->knock.got;
  for (int i = 0; i < 2; ++i) {
    if (shared_.tick.wait_for(limit) != good) me_.fault("it does not tick", i);
    count_tick(me_);
  }
}

/// All workers come to rest.
void storm::settle() {
  ++settled_;
  books_->pause = true;
  std::uint64_t last = books_->steps;
  auto moved = steady_clock::now();
  bool served = false, counted = false;
  int looks = 0;  // at rest; a machine that is held up is not
  while (books_->faults == 0) {
    ::usleep(500);
    bury();  // somebody may die at a step
    const auto time = steady_clock::now();
    if (const std::uint64_t at = books_->steps; at != last) {
      last = at;
      moved = time;
      served = counted = false;
      looks = 0;
    }
    if (std::none_of(books_->acting.begin(), books_->acting.end(),
                     [](const auto& one) { return one.load(); }))
      break;
    const bool at_rest = nobody(holding_at, anything) && nobody(giving_at, anything);
    if (!at_rest || time - moved < 20ms) continue;
    if (!served) serve();
    served = true;
    ++books_->knock.given;
    shared_.knock.set();
    ++looks;
    if (!counted && time - moved > 400ms && looks > 200) {  // they wait for what has been lost
      count();
      counted = true;
    }
    if (time - moved > 400ms + support::scaled(1500ms) && looks > 800)
      me_.fault("somebody waits for what is there", static_cast<std::int64_t>(pool_page_.count()));
  }
  if (books_->faults == 0) count();
  if (books_->faults == 0) serve();
  if (books_->faults == 0) check_signals();
  books_->pause = false;
}

}  // namespace storm
