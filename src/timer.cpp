// SPDX-License-Identifier: MIT
#include "timer.hpp"

namespace isthmus {

using detail::failure;
using detail::verb;

namespace detail {

template <>
inline constexpr kind kind_of<timer> = kind::timer;

template <>
dispatcher_request request_of(const timer_options& options, failure& why) {
  dispatcher_request request;
  request.kind = kind::timer;
  request.permissions = options.permissions;
  request.mode = checked(options.mode, why);
  return request;
}

namespace {

void arm(dispatcher& state, const due_time& due, std::chrono::milliseconds period, failure& why) {
  using namespace std::chrono_literals;
  if (period < 0ms || period > std::chrono::milliseconds(0x7FFFFFFF))
    return why.set(errc::invalid_argument, "a timer's period is 0 to 2^31-1 ms");
  arm_timer(state, due, period, why);
}

}  // namespace

}  // namespace detail

timer timer::create(const timer_options& options) {
  return detail::made<timer>(options, verb::create);
}

timer timer::create(const timer_options& options, std::error_code& ec) noexcept {
  return detail::made<timer>(options, verb::create, ec);
}

timer timer::open_or_create(const timer_options& options) {
  return detail::made<timer>(options, verb::open_or_create);
}

timer timer::open_or_create(const timer_options& options, std::error_code& ec) noexcept {
  return detail::made<timer>(options, verb::open_or_create, ec);
}

timer timer::open(const timer_open_options& options) { return detail::opened<timer>(options); }

timer timer::open(const timer_open_options& options, std::error_code& ec) noexcept {
  return detail::opened<timer>(ec, options);
}

timer timer::open_within(const timer_open_options& options, std::chrono::nanoseconds limit) {
  return detail::opened<timer>(options, limit);
}

timer timer::open_within(const timer_open_options& options, std::chrono::nanoseconds limit,
                         std::error_code& ec) noexcept {
  return detail::opened<timer>(ec, options, limit);
}

void timer::arm_in(std::chrono::nanoseconds due, std::chrono::milliseconds period) {
  detail::modified<timer>(state_.get(), "arm", name(),
                          [&](auto& state, failure& why) { detail::arm(state, due, period, why); });
}

void timer::arm_in(std::chrono::nanoseconds due, std::chrono::milliseconds period,
                   std::error_code& ec) noexcept {
  detail::modified<timer>(state_.get(), ec,
                          [&](auto& state, failure& why) { detail::arm(state, due, period, why); });
}

void timer::arm(std::chrono::system_clock::time_point due, std::chrono::milliseconds period) {
  detail::modified<timer>(state_.get(), "arm", name(),
                          [&](auto& state, failure& why) { detail::arm(state, due, period, why); });
}

void timer::arm(std::chrono::system_clock::time_point due, std::chrono::milliseconds period,
                std::error_code& ec) noexcept {
  detail::modified<timer>(state_.get(), ec,
                          [&](auto& state, failure& why) { detail::arm(state, due, period, why); });
}

void timer::cancel() {
  return detail::modified<timer>(state_.get(), "cancel", name(), [](auto& state, failure& why) {
    return detail::cancel_timer(state, why);
  });
}

void timer::cancel(std::error_code& ec) noexcept {
  return detail::modified<timer>(
      state_.get(), ec, [](auto& state, failure& why) { return detail::cancel_timer(state, why); });
}

timer timer::duplicate() const { return duplicate(access()); }

timer timer::duplicate(std::error_code& ec) const noexcept { return duplicate(access(), ec); }

timer timer::duplicate(isthmus::access rights) const {
  return detail::duplicated<timer>(state_.get(), name(), rights);
}

timer timer::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::duplicated<timer>(state_.get(), rights, ec);
}

}  // namespace isthmus
