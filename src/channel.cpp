// SPDX-License-Identifier: MIT
#include "channel.hpp"

#include "failure.hpp"
#include "object.hpp"

#include <fmt/format.h>

namespace isthmus {

using detail::failure;

namespace {

detail::listener_state* make_listener(const listener_options& options, failure& why) {
  const auto name = detail::parse_name(options.name, options.scope, why);
  if (!why && name.text.empty()) why.set(errc::invalid_argument, "a listener needs a name");
  return why ? nullptr : detail::make_listener(name, options.permissions, why);
}

detail::channel_state* connect_once(const channel_options& options, failure& why) {
  const auto name = detail::parse_name(options.name, options.scope, why);
  if (!why && name.text.empty()) why.set(errc::invalid_argument, "connect needs a name");
  return why ? nullptr : detail::connect_channel(name, why);
}

/// A listener that does not keep up is waited for as one that is not there yet.
detail::channel_state* connect_in_time(const channel_options& options,
                                       std::chrono::nanoseconds limit, failure& why) {
  failure busy;
  auto* const made = detail::until_found(limit, why, [&](failure& attempt) {
    auto* const state = connect_once(options, attempt);
    busy.clear();
    if (attempt.code == errc::busy) {
      busy = attempt;
      attempt.set(errc::not_found);
    }
    return state;
  });
  if (busy) why = busy;
  return made;
}

template <class State>
bool check_open(const State* state, const char* what, failure& why) {
  if (state == nullptr)
    why.set(errc::invalid_argument, fmt::format("the {} is empty (moved from or closed)", what));
  return state != nullptr;
}

detail::channel_state* accept_on(detail::listener_state* state, std::chrono::nanoseconds limit,
                                 failure& why) {
  return check_open(state, "listener", why) ? detail::accept_channel(*state, limit, why) : nullptr;
}

bool send_on(detail::channel_state* state, const object_ref* object, std::string_view message,
             std::chrono::nanoseconds limit, failure& why) {
  if (!check_open(state, "channel", why)) return false;
  if (message.size() > max_message_size) {
    why.set(errc::out_of_range, fmt::format("the message has {} bytes; {} are the most",
                                            message.size(), max_message_size));
    return false;
  }
  return detail::send_packet(*state, object, message, limit, why);
}

received receive_on(detail::channel_state* state, std::chrono::nanoseconds limit, failure& why) {
  if (!check_open(state, "channel", why)) return {};
  return detail::receive_packet(*state, limit, why);
}

peer_info peer_of(const detail::channel_state* state, failure& why) {
  if (!check_open(state, "channel", why)) return {};
  return detail::channel_peer(*state, why);
}

}  // namespace

std::string_view to_string(channel_status value) noexcept {
  switch (value) {
    case channel_status::received:
      return "received";
    case channel_status::timeout:
      return "timeout";
    case channel_status::closed:
      return "closed";
    case channel_status::failed:
      return "failed";
  }
  return "unknown";
}

void detail::close_listener::operator()(listener_state* state) const noexcept {
  close_listener_state(state);
}

void detail::close_channel::operator()(channel_state* state) const noexcept {
  close_channel_state(state);
}

channel channel::connect(const channel_options& options) {
  return detail::throwing("channel::connect", options.name,
                          [&](failure& why) { return channel(connect_once(options, why)); });
}

channel channel::connect(const channel_options& options, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return channel(connect_once(options, why)); });
}

channel channel::connect_within(const channel_options& options, std::chrono::nanoseconds limit) {
  return detail::throwing("channel::connect", options.name, [&](failure& why) {
    return channel(connect_in_time(options, limit, why));
  });
}

channel channel::connect_within(const channel_options& options, std::chrono::nanoseconds limit,
                                std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return channel(connect_in_time(options, limit, why)); });
}

std::pair<channel, channel> channel::pair() {
  return detail::throwing("channel::pair", {}, [](failure& why) {
    const auto made = detail::make_channel_pair(why);
    return std::pair(channel(made.first), channel(made.second));
  });
}

std::pair<channel, channel> channel::pair(std::error_code& ec) noexcept {
  return detail::reporting(ec, [](failure& why) {
    const auto made = detail::make_channel_pair(why);
    return std::pair(channel(made.first), channel(made.second));
  });
}

void channel::send(std::string_view message) {
  (void)send_within(nullptr, message, detail::no_limit);
}

void channel::send(std::string_view message, std::error_code& ec) noexcept {
  (void)send_within(nullptr, message, detail::no_limit, ec);
}

void channel::send(const object_ref& object, std::string_view message) {
  (void)send_within(&object, message, detail::no_limit);
}

void channel::send(const object_ref& object, std::string_view message,
                   std::error_code& ec) noexcept {
  (void)send_within(&object, message, detail::no_limit, ec);
}

bool channel::send_within(const object_ref* object, std::string_view message,
                          std::chrono::nanoseconds limit) {
  return detail::throwing("channel::send", {}, [&](failure& why) {
    return send_on(state_.get(), object, message, limit, why);
  });
}

bool channel::send_within(const object_ref* object, std::string_view message,
                          std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return send_on(state_.get(), object, message, limit, why); });
}

received channel::receive() { return receive_within(detail::no_limit); }

received channel::receive(std::error_code& ec) noexcept {
  return receive_within(detail::no_limit, ec);
}

received channel::receive_within(std::chrono::nanoseconds limit) {
  return detail::throwing("channel::receive", {},
                          [&](failure& why) { return receive_on(state_.get(), limit, why); });
}

received channel::receive_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return receive_on(state_.get(), limit, why); });
}

peer_info channel::peer() const {
  return detail::throwing("channel::peer", {},
                          [&](failure& why) { return peer_of(state_.get(), why); });
}

peer_info channel::peer(std::error_code& ec) const noexcept {
  return detail::reporting(ec, [&](failure& why) { return peer_of(state_.get(), why); });
}

void channel::close() noexcept { state_.reset(); }

listener listener::create(const listener_options& options) {
  return detail::throwing("listener::create", options.name,
                          [&](failure& why) { return listener(make_listener(options, why)); });
}

listener listener::create(const listener_options& options, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return listener(make_listener(options, why)); });
}

std::string_view listener::name() const noexcept {
  return state_ ? detail::listener_name(*state_) : std::string_view();
}

channel listener::accept() { return accept_within(detail::no_limit); }

channel listener::accept(std::error_code& ec) noexcept {
  return accept_within(detail::no_limit, ec);
}

channel listener::accept_within(std::chrono::nanoseconds limit) {
  return detail::throwing("listener::accept", name(), [&](failure& why) {
    return channel(accept_on(state_.get(), limit, why));
  });
}

channel listener::accept_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return channel(accept_on(state_.get(), limit, why)); });
}

void listener::close() noexcept { state_.reset(); }

}  // namespace isthmus
