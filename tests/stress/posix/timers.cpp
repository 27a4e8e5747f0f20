// SPDX-License-Identifier: MIT
#include "actor.hpp"

#include "support/limits.hpp"

#include <isthmus/wait.hpp>

#include <algorithm>
#include <chrono>

namespace storm {
namespace {

using namespace std::chrono_literals;
using isthmus::wait_status;
using std::chrono::nanoseconds;

constexpr auto shortest_period = 2ms;

/// Arms the alarm, so long from now; nothing: in the past.
void arm_alarm(actor& who, nanoseconds due) {
  alarm_book& book = who.all.alarm;
  const std::int64_t before = now();
  if (due == 0ns)
    who.shared.alarm.arm(std::chrono::system_clock::now() - 1h, 0ms);
  else  // a period changes nothing that could be seen
    who.shared.alarm.arm(due, who.below(2) * shortest_period);
  book.earliest = before + due.count();
  book.latest = now() + due.count();
}

}  // namespace

std::int64_t actor::slack() { return nanoseconds(support::scaled(1500ms)).count(); }

/// By the owner of `writer`: is the alarm set when it should be?
void check_alarm(actor& who) {
  const alarm_book& book = who.all.alarm;
  if (!book.changes.known()) return;
  const std::int64_t before = now();
  const bool set = who.shared.alarm.wait_for(0s) == wait_status::signaled;
  if (set && now() < book.earliest) who.fault("the alarm is early", book.earliest - now());
  if (!set && before > book.latest) who.fault("the alarm is not set", before - book.latest);
}

void change_alarm(actor& who) {
  const int times = begin_writing(who);
  if (times == 0) return;
  check_alarm(who);
  alarm_book& book = who.all.alarm;
  bool known = book.changes.known();
  book.changes.begin();
  if (who.one_in(4)) {
    const std::int64_t before = now();
    who.shared.alarm.cancel();
    const bool in_time = now() < book.earliest;
    known = known && (in_time || before > book.latest);
    if (in_time) book.earliest = book.latest = alarm_book::never;
  } else {
    arm_alarm(who, who.one_in(3) ? 0ns : nanoseconds(who.below(4000) * 1us));
    known = true;
  }
  if (known) book.changes.end();
  check_alarm(who);
  ++who.all.changes;
  end_writing(who, times);
}

void await_alarm(actor& who) {
  const alarm_book& book = who.all.alarm;
  const std::uint64_t number = book.changes.now();
  const bool known = book.changes.known();
  const std::int64_t earliest = book.earliest, latest = book.latest;
  who.say(signals << taking_at);
  const nanoseconds limit = patience(who);
  const std::int64_t began = now();
  const auto status = who.shared.alarm.wait_for(limit);
  who.note(status, began);
  const std::int64_t ended = now();
  if (known && book.changes.now() == number) {
    if (status == wait_status::signaled && ended < earliest)
      who.fault("the alarm came early", earliest - ended);
    if (status == wait_status::signaled && ended > std::max(latest, began) + actor::slack())
      who.fault("the alarm came late", ended - latest);
    if (status == wait_status::timeout && latest != alarm_book::never &&
        began + limit.count() > latest)
      who.fault("the alarm did not come", latest - began);
  }
  who.say(0);
}

/// By the owner of `writer`.
void ring_alarm(actor& who) {
  who.all.alarm.changes.begin();
  arm_alarm(who, 0ns);
  who.all.alarm.changes.end();
}

/// By the owner of `writer`.
void start_tick(actor& who) {
  ++who.all.tick.given;
  who.shared.tick.arm(who.below(3) * 1ms, shortest_period + who.below(4) * 1ms);
}

void change_tick(actor& who) {
  const int times = begin_writing(who);
  if (times == 0) return;
  if (who.one_in(4))
    who.shared.tick.cancel();
  else
    start_tick(who);
  ++who.all.changes;
  end_writing(who, times);
}

/// There cannot have been more ticks than time has passed.
void count_tick(actor& who) {
  const auto got = static_cast<std::int64_t>(++who.all.tick.got);
  const auto armed = static_cast<std::int64_t>(who.all.tick.given.load());
  const auto passed = (now() - who.all.began) / nanoseconds(shortest_period).count();
  if (got > passed + armed + 1) who.fault("more ticks than there were", got - passed - armed);
}

void await_tick(actor& who) {
  who.say(signals << taking_at);
  const std::int64_t began = now();
  const auto status = who.shared.tick.wait_for(patience(who));
  who.note(status, began);
  if (status == wait_status::signaled) count_tick(who);
  who.say(0);
}

}  // namespace storm
