// SPDX-License-Identifier: MIT
#include "actor.hpp"

#include <isthmus/wait.hpp>

#include <chrono>

namespace storm {
namespace {

using namespace std::chrono_literals;
using isthmus::wait_status;

}  // namespace

std::chrono::nanoseconds patience(actor& who) {
  return who.one_in(50) ? std::chrono::nanoseconds(3s) : who.below(3000) * 1us;
}

/// By the owner of `writer`: is the gate as the books say?
void check_gate(actor& who) {
  const gate_book& book = who.all.gate;
  if (!book.changes.known()) return;
  const bool open = who.shared.gate.wait_for(0s) == wait_status::signaled;
  if (open != book.set) who.fault("the gate is not as it was left", open ? 1 : 0);
}

/// By the owner of `writer`: sets it.
void open_gate(actor& who) {
  gate_book& book = who.all.gate;
  book.changes.begin();
  ++book.opened;
  who.shared.gate.set();
  book.set = true;
  book.changes.end();
}

void change_gate(actor& who) {
  const int times = begin_writing(who);
  if (times == 0) return;
  gate_book& book = who.all.gate;
  check_gate(who);
  book.changes.begin();
  const std::uint64_t what = who.below(4);
  if (what != 0) ++book.opened;
  if (what == 0)
    who.shared.gate.reset();
  else if (what == 1)
    who.shared.gate.pulse();
  else if (what == 2)
    who.shared.gate.set();
  else  // sets it, and the alarm may be set as well or not
    (void)isthmus::signal_and_wait_for(who.shared.gate, who.shared.alarm, who.below(200) * 1us);
  book.set = what > 1;
  book.changes.end();
  check_gate(who);
  ++who.all.changes;
  end_writing(who, times);
}

void await_gate(actor& who) {
  const gate_book& book = who.all.gate;
  const std::uint64_t opened = book.opened;
  const std::uint64_t number = book.changes.now();
  const bool known = book.changes.known();
  const bool set = book.set;
  const bool sure = known && book.changes.now() == number;
  who.say(signals << taking_at);
  const std::int64_t began = now();
  const auto status = who.shared.gate.wait_for(patience(who));
  who.note(status, began);
  if (sure && status == wait_status::signaled && !set && book.opened == opened)
    who.fault("nobody has opened the gate", static_cast<std::int64_t>(number));
  if (sure && status == wait_status::timeout && set && book.changes.now() == number)
    who.fault("the gate was open", static_cast<std::int64_t>(number));
  who.say(0);
}

void knock(actor& who) {
  const std::uint64_t what = who.below(6);
  if (what == 0) return who.shared.knock.reset();
  ++who.all.knock.given;
  if (what == 1) return who.shared.knock.pulse();
  who.shared.knock.set();
}

/// Who has heard one.
void count_knock(actor& who) {
  if (++who.all.knock.got > who.all.knock.given)
    who.fault("more have heard a knock than knocked", 0);
}

void await_knock(actor& who) {
  who.say(signals << taking_at);
  const std::int64_t began = now();
  auto same = who.shared.knock.duplicate(isthmus::access::wait);
  const auto status = same.wait_for(patience(who));
  who.note(status, began);
  if (status == wait_status::signaled) count_knock(who);
  who.say(0);
}

}  // namespace storm
