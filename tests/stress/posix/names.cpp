// SPDX-License-Identifier: MIT
#include "worker.hpp"

#include <isthmus/error.hpp>

#include <system_error>
#include <utility>

namespace storm {
namespace {

using isthmus::errc;
using isthmus::semaphore;

/// Who certainly holds a name now: their numbers of this time, 0 for the others.
std::array<std::uint64_t, workers> sure(const books& all, const name_book& book) {
  std::array<std::uint64_t, workers> who{};
  for (std::size_t i = 0; i < workers; ++i) {
    who.at(i) = book.surely.at(i);
    if (all.doomed.at(i) != 0) who.at(i) = 0;
  }
  return who;
}

bool in_both(const std::array<std::uint64_t, workers>& before,
             const std::array<std::uint64_t, workers>& after) {
  for (std::size_t i = 0; i < workers; ++i)
    if (before.at(i) != 0 && before.at(i) == after.at(i)) return true;
  return false;
}

semaphore get(actor& who, const std::string& name, std::error_code& ec) {
  switch (who.below(3)) {
    case 0:
      return semaphore::open({.name = name}, ec);
    case 1:
      return semaphore::create({.name = name}, ec);
    default:
      return semaphore::open_or_create({.name = name}, ec);
  }
}

}  // namespace

// Its directory of names is the storm's own.
std::string name_of(std::size_t which) { return "storm." + std::to_string(which); }

holder::~holder() {
  for (std::size_t i = 0; i < names; ++i)
    if (held_.at(i)) leave(i);
}

void holder::once() {
  const auto which = static_cast<std::size_t>(who_.below(names));
  if (!held_.at(which)) return enter(which);
  if (who_.one_in(3)) return leave(which);
  use(which);
}

void holder::enter(std::size_t which) {
  name_book& book = who_.all.name.at(which);
  book.may.at(who_.at()) = true;
  const std::uint64_t number = ++book.entered;
  bool nobody = true;
  for (std::size_t i = 0; i < workers; ++i)
    if (i != who_.at() && book.may.at(i)) nobody = false;
  const auto before = sure(who_.all, book);

  std::error_code ec;
  semaphore& mine = held_.at(which) = get(who_, name_of(which), ec);

  const bool throughout = in_both(before, sure(who_.all, book));
  nobody = nobody && book.entered == number;
  if ((ec == errc::not_found || (mine && mine.created())) && throughout)
    who_.fault("a name that somebody held was not found", mine ? 1 : 0);
  if ((ec == errc::already_exists || (mine && !mine.created())) && nobody)
    who_.fault("a name that nobody held was found", mine ? 1 : 0);
  if (ec == errc::busy)
    ++who_.all.busy;
  else if (ec && ec != errc::not_found && ec != errc::already_exists)
    who_.fault("a name could not be had", ec.value());
  if (!mine) {
    book.may.at(who_.at()) = false;
    return;
  }
  ++(mine.created() ? who_.all.made : who_.all.found);
  const auto there = mine.release(1 + static_cast<std::int32_t>(who_.below(3)));
  if (mine.created() && there != 0 && nobody && book.entered == number)
    who_.fault("a new object is not new", there);
  book.surely.at(who_.at()) = number;
}

void holder::use(std::size_t which) {
  semaphore& mine = held_.at(which);
  std::error_code ec;
  switch (who_.below(4)) {
    case 0: {
      auto same = mine.duplicate();
      mine.close();
      mine = std::move(same);
      return;
    }
    case 1: {
      const auto same = semaphore::open({.name = name_of(which)}, ec);
      if (!same && ec != errc::busy) who_.fault("a name that I hold was not found", ec.value());
      return;
    }
    case 2: {
      const auto other = isthmus::event::open({.name = name_of(which)}, ec);
      if (ec != errc::wrong_kind && ec != errc::busy)
        who_.fault("a semaphore was opened as an event", ec.value());
      return;
    }
    default:
      (void)mine.try_acquire();
  }
}

void holder::leave(std::size_t which) {
  name_book& book = who_.all.name.at(which);
  book.surely.at(who_.at()) = 0;
  std::error_code ec;
  held_.at(which).close(ec);
  if (ec) who_.fault("a name could not be closed", ec.value());
  book.may.at(who_.at()) = false;
}

}  // namespace storm
