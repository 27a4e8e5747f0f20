// SPDX-License-Identifier: MIT
//
// The engine of waits for one or any of several objects: look at all, sleep on all, look again.
#include "posix/waits/seats.hpp"

#include "posix/owners/unseen_owner.hpp"
#include "posix/system/seam.hpp"

#include <chrono>
#include <variant>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// Takes the first that can be had; timeout if none.
wait_result take_first(seats& all, nanoseconds patience = nanoseconds::zero()) noexcept {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const wait_status status = std::visit([&](auto& one) { return one.take(patience); }, all[i]);
    if (status != wait_status::timeout) return {status, i};
  }
  return {wait_status::timeout, 0};
}

bool settle(seats& all, watch_list& list) noexcept {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!std::visit([&](auto& one) { return one.settle(list); }, all[i])) return false;
  return true;
}

void leave_but(seats& all, const wait_result& result) noexcept {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (result.status == wait_status::timeout || result.status == wait_status::failed ||
        i != result.index)
      std::visit([](auto& one) { one.leave(); }, all[i]);
}

}  // namespace

wait_result wait_in(seats& all, nanoseconds limit, const longer_wait& more, failure& why) {
  const bool test = limit == limit.zero();
  const auto start = steady_clock::now();
  steady_clock::time_point deadline = later(start, limit);
  unseen_owner owner;
  wait_result result = take_first(all, test ? 50ms : limit);
  // A last look was after the deadline, so what came in time is not missed.
  for (auto now = start; result.status == wait_status::timeout;) {
    if (now >= deadline && (deadline = later(now, more())) <= now) break;
    watch_list list(now, deadline);
    if (settle(all, list)) {
      seam::at(step::wait_before_sleep);
      list.sleep();
      seam::at(step::wait_after_sleep);
      for (std::size_t i = 0; i < all.size(); ++i)
        std::visit([](auto& one) { one.woken(); }, all[i]);
    }
    result = take_first(all);
    if (result.status != wait_status::timeout) break;
    now = steady_clock::now();
    if (owner.for_too_long(now)) result.status = wait_status::failed;
  }
  leave_but(all, result);
  if (owner)
    unseen_owner::refuse(why);
  else if (result.status == wait_status::failed)
    std::get<mutex_seat>(all[result.index]).refuse(why);
  return result;
}

}  // namespace isthmus::detail
