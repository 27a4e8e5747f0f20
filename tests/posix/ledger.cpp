// SPDX-License-Identifier: MIT
#include "ledger.hpp"

#include <cstdio>
#include <string>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace white {

namespace {

constexpr std::uint64_t claim_mask = 3;

/// A process that has ended may still be in the process table; its descriptor tells.
bool alive(int id) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  if (fd < 0) return false;
  pollfd entry{fd, POLLIN, 0};
  const bool runs = ::poll(&entry, 1, 0) == 0;
  ::close(fd);
  return runs;
}

claim claim_of(std::uint64_t state) { return static_cast<claim>(state & claim_mask); }

}  // namespace

void ledger::say(int worker, int name, claim what, std::uint64_t object) {
  cell& mine = cells[static_cast<std::size_t>(worker)][static_cast<std::size_t>(name)];
  // Before the state says that it counts, and never taken back before the state says otherwise.
  if (what == claim::holding) mine.object = object;
  mine.state = ((mine.state | claim_mask) + 1) | static_cast<std::uint64_t>(what);
}

void ledger::bury(int worker) {
  for (int name = 0; name < name_count; ++name) say(worker, name, claim::none);
  auto& mark = doom[static_cast<std::size_t>(worker)];
  mark = (mark | 1) + 1;
}

void ledger::violation(std::string_view what, int worker, int name, std::string_view detail) {
  if (violations.fetch_add(1) != 0) return;
  std::snprintf(first_violation.data(), first_violation.size(), "%.*s (worker %d, name %d): %.*s",
                static_cast<int>(what.size()), what.data(), worker, name,
                static_cast<int>(detail.size()), detail.data());
}

observation::observation(const ledger& from, int worker, int name)
    : from_(from), worker_(worker), name_(name), before_() {
  for (int other = 0; other < most_workers; ++other)
    before_[static_cast<std::size_t>(other)] = look(other);
}

observation::sight observation::look(int worker) const {
  const auto& cell = from_.cells[static_cast<std::size_t>(worker)][static_cast<std::size_t>(name_)];
  return {cell.state, cell.object, from_.doom[static_cast<std::size_t>(worker)]};
}

bool observation::unchanged(int worker) const {
  const sight& before = before_[static_cast<std::size_t>(worker)];
  const sight now = look(worker);
  return now.state == before.state && now.doom == before.doom;
}

std::optional<observation::holding> observation::held() const {
  for (int other = 0; other < most_workers; ++other) {
    const sight& before = before_[static_cast<std::size_t>(other)];
    if (other != worker_ && claim_of(before.state) == claim::holding && before.doom % 2 == 0 &&
        unchanged(other))
      return holding{static_cast<std::size_t>(other), before.object};
  }
  return std::nullopt;
}

bool observation::nobody() const {
  for (int other = 0; other < most_workers; ++other) {
    const sight& before = before_[static_cast<std::size_t>(other)];
    if (other != worker_ && (claim_of(before.state) != claim::none || !unchanged(other)))
      return false;
  }
  return true;
}

void judge(ledger& book, const observation& seen, int worker, int name, bool may_create,
           bool may_open, outcome what, std::uint64_t object) {
  const auto fault = [&](std::string_view text) {
    book.violation(text, worker, name,
                   std::string(may_create ? "create" : "") + (may_open ? " open" : ""));
  };
  ++book.operations;
  if (what == outcome::busy) {
    ++book.busy;
    return;
  }
  if (const auto held = seen.held()) {
    ++book.held_checks;
    const bool wrong = what == outcome::created || what == outcome::absent ||
                       (what == outcome::opened && object != held->object);
    if (!wrong || !alive(book.ids[held->worker])) return;
    if (what == outcome::created) fault("a second object under a name that is held");
    if (what == outcome::absent) fault("a name that is held is not found");
    if (what == outcome::opened) fault("another object than the one held");
  } else if (seen.nobody()) {
    ++book.nobody_checks;
    if (what == outcome::opened) fault("an object that nobody held was opened");
    if (what == outcome::exists) fault("a name that nobody held was taken");
  }
}

}  // namespace white
