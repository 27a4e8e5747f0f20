// SPDX-License-Identifier: MIT
#include "actor.hpp"

#include "support/limits.hpp"

#include <isthmus/error.hpp>

#include <system_error>

namespace storm {

using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

mutex& mutex_of(actor& who, std::size_t index) {
  return index < 2 ? who.shared.guard.at(index) : who.shared.writer;
}

void own(actor& who, std::uint32_t mutexes, bool abandoned) {
  for (std::size_t i = 0; i < who.all.owner.size(); ++i) {
    if ((mutexes >> i & 1) == 0) continue;
    if (who.all.owner.at(i).exchange(who.self + 1) != 0 && !abandoned)
      who.fault("two own a mutex", static_cast<std::int64_t>(i));
  }
}
void disown(actor& who, std::uint32_t mutexes) {
  for (std::size_t i = 0; i < who.all.owner.size(); ++i) {
    if ((mutexes >> i & 1) == 0) continue;
    if (who.all.owner.at(i).exchange(0) != who.self + 1)
      who.fault("somebody else had our mutex", static_cast<std::int64_t>(i));
  }
}

int take_again(actor& who, mutex& owned) {
  if (!who.one_in(4)) return 0;
  const int times = 1 + static_cast<int>(who.below(3));
  for (int i = 0; i < times; ++i) {
    bool had = false;
    switch (who.below(3)) {
      case 0:
        had = owned.duplicate().lock() == wait_status::signaled;
        break;
      case 1:
        had = owned.try_lock() && !owned.abandoned();
        break;
      default:
        had = isthmus::wait_any_for({owned, who.shared.pool}, 0ms) ==
              isthmus::wait_result{wait_status::signaled, 0};
    }
    if (!had) who.fault("an owner does not get its mutex again", i);
  }
  return times;
}

void unlock(actor& who, mutex& owned, int times) {
  for (int i = 0; i < times; ++i) {
    std::error_code ec;
    owned.unlock(ec);
    if (ec) who.fault("an owner cannot unlock", i);
  }
  std::error_code ec;
  if (who.one_in(16)) owned.unlock(ec);
  if (ec && ec != isthmus::errc::not_owner) who.fault("unlocked too often", ec.value());
}

int begin_writing(actor& who) {
  std::error_code ec;
  const auto status = who.shared.writer.wait_for(support::scaled(10s), ec);
  if (ec || status == wait_status::timeout) {
    who.fault("a mutex could not be had in 10 s", ec.value());
    return 0;
  }
  own(who, the_writer, status == wait_status::abandoned);
  return 1 + take_again(who, who.shared.writer);
}

void end_writing(actor& who, int times) {
  disown(who, the_writer);
  unlock(who, who.shared.writer, times);
}

}  // namespace storm
