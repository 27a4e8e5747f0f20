// SPDX-License-Identifier: MIT
#include "worker.hpp"

#include "posix/seams.hpp"

#include <csignal>

#include <unistd.h>

namespace storm {
namespace {

using isthmus::wait_status;
using white::step;

void maybe_die_at_a_step(actor& who) {
  white::no_hook();
  who.all.doomed.at(who.at()) &= ~dies_at_a_step;
  if (!who.one_in(200)) return;
  who.all.doomed.at(who.at()) |= dies_at_a_step;
  const auto where = static_cast<step>(who.below(static_cast<std::uint64_t>(step::count)));
  white::signal_at(where, SIGKILL, 1 + static_cast<int>(who.below(3)));
}

void once(actor& who, holder& names) {
  maybe_die_at_a_step(who);
  switch (who.below(16)) {
    case 0:
      return change_gate(who);
    case 1:
      return change_alarm(who);
    case 2:
      return change_tick(who);
    case 3:
      return knock(who);
    case 4:
      return await_gate(who);
    case 5:
      return await_knock(who);
    case 6:
      return await_alarm(who);
    case 7:
      return await_tick(who);
    case 8:
    case 9:
      return names.once();
    default:
      return take_and_give(who);
  }
}

}  // namespace

void actor::note(wait_status status, std::int64_t began) const {
  ++all.waits;
  ++all.steps;
  if (status == wait_status::abandoned) ++all.abandoned;
  if (status == wait_status::timeout) {
    ++all.timeouts;
    return;
  }
  const std::int64_t took = (now() - began) / 1000;
  if (took > all.longest) all.longest = took;
}

int run(books& all, objects& shared, int self, std::uint64_t seed) {
  actor who{all, shared, self, std::mt19937_64(seed)};
  holder names(who);
  while (!all.stop) {
    all.acting.at(who.at()) = true;  // first, since the parent asks for it after `pause`
    const bool rest = all.pause;
    if (!rest) once(who, names);
    if (!rest) ++all.steps;
    all.acting.at(who.at()) = false;
    if (rest) ::usleep(200);
  }
  white::no_hook();  // and what is held now is given up
  return 0;
}

}  // namespace storm
