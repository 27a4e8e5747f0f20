// SPDX-License-Identifier: MIT
#include "event.hpp"

#include "backend.hpp"

namespace isthmus {

using detail::failure;
using detail::verb;

namespace detail {

template <>
inline constexpr kind kind_of<event> = kind::event;

template <>
dispatcher_request request_of(const event_options& options, failure& why) {
  dispatcher_request request;
  request.kind = kind::event;
  request.permissions = options.permissions;
  request.mode = checked(options.mode, why);
  request.set = options.initially_set;
  return request;
}

}  // namespace detail

event event::create(const event_options& options) {
  return detail::made<event>(options, verb::create);
}

event event::create(const event_options& options, std::error_code& ec) noexcept {
  return detail::made<event>(options, verb::create, ec);
}

event event::open_or_create(const event_options& options) {
  return detail::made<event>(options, verb::open_or_create);
}

event event::open_or_create(const event_options& options, std::error_code& ec) noexcept {
  return detail::made<event>(options, verb::open_or_create, ec);
}

event event::open(const event_open_options& options) { return detail::opened<event>(options); }

event event::open(const event_open_options& options, std::error_code& ec) noexcept {
  return detail::opened<event>(ec, options);
}

event event::open_within(const event_open_options& options, std::chrono::nanoseconds limit) {
  return detail::opened<event>(options, limit);
}

event event::open_within(const event_open_options& options, std::chrono::nanoseconds limit,
                         std::error_code& ec) noexcept {
  return detail::opened<event>(ec, options, limit);
}

// The long ways are functions of their own, so that the short ones need no stack.
void event::set() {
  if (!detail::fast_set(state_.get(), word_)) [[unlikely]]
    set_slowly();
}

void event::set(std::error_code& ec) noexcept {
  if (!detail::fast_set(state_.get(), word_)) [[unlikely]]
    return set_slowly(ec);
  ec.clear();
}

void event::set_slowly() {
  return detail::modified<event>(state_.get(), "set", name(), [](auto& state, failure& why) {
    return detail::set_event(state, why);
  });
}

void event::set_slowly(std::error_code& ec) noexcept {
  return detail::modified<event>(
      state_.get(), ec, [](auto& state, failure& why) { return detail::set_event(state, why); });
}

void event::reset() {
  return detail::modified<event>(state_.get(), "reset", name(), [](auto& state, failure& why) {
    return detail::reset_event(state, why);
  });
}

void event::reset(std::error_code& ec) noexcept {
  return detail::modified<event>(
      state_.get(), ec, [](auto& state, failure& why) { return detail::reset_event(state, why); });
}

void event::pulse() {
  return detail::modified<event>(state_.get(), "pulse", name(), [](auto& state, failure& why) {
    return detail::pulse_event(state, why);
  });
}

void event::pulse(std::error_code& ec) noexcept {
  return detail::modified<event>(
      state_.get(), ec, [](auto& state, failure& why) { return detail::pulse_event(state, why); });
}

event event::duplicate() const { return duplicate(access()); }

event event::duplicate(std::error_code& ec) const noexcept { return duplicate(access(), ec); }

event event::duplicate(isthmus::access rights) const {
  return detail::duplicated<event>(state_.get(), name(), rights);
}

event event::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::duplicated<event>(state_.get(), rights, ec);
}

}  // namespace isthmus
