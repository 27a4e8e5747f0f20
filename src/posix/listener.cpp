// SPDX-License-Identifier: MIT
#include "channel.hpp"

#include "posix/channel_state.hpp"
#include "posix/channels/meeting.hpp"
#include "posix/channels/socket.hpp"
#include "posix/names/audience.hpp"
#include "posix/system/no_cancel.hpp"

#include <poll.h>

#include <memory>
#include <string>
#include <utility>

namespace isthmus::detail {

struct listener_state {
  std::string name;
  meeting place;
  descriptor socket;
};

namespace {

bool check_scope(const parsed_name& name, failure& why) {
  if (name.where == scope::global)
    why.set(errc::not_supported, "channels have no scope::global on this system");
  return !why;
}

channel_state* wrap(descriptor socket) {
  auto state = std::make_unique<channel_state>();
  state->socket = std::move(socket);
  return state.release();
}

}  // namespace

listener_state* make_listener(const parsed_name& name, const permissions& permissions,
                              failure& why) {
  const no_cancel whole;
  if (!check_scope(name, why) || !check_permissions(permissions, why)) return nullptr;
  auto state = std::make_unique<listener_state>();
  state->name = name.text;
  return found_meeting(name.text, state->place, state->socket, why) ? state.release() : nullptr;
}

std::string_view listener_name(const listener_state& state) noexcept { return state.name; }

channel_state* accept_channel(listener_state& state, std::chrono::nanoseconds limit, failure& why) {
  const no_cancel whole;
  const auto start = std::chrono::steady_clock::now();
  do {
    descriptor made;
    const attempt result = accept_from(state.socket.get(), made, why);
    if (result != attempt::not_yet) return made ? wrap(std::move(made)) : nullptr;
  } while (await_socket(state.socket.get(), POLLIN, start, limit, why));
  return nullptr;
}

void close_listener_state(listener_state* state) noexcept {
  const no_cancel whole;
  const std::unique_ptr<listener_state> owned(state);
  if (owned) leave_meeting(owned->place);
}

channel_state* connect_channel(const parsed_name& name, failure& why) {
  const no_cancel whole;
  if (!check_scope(name, why)) return nullptr;
  descriptor made = join_meeting(name.text, why);
  return made ? wrap(std::move(made)) : nullptr;
}

}  // namespace isthmus::detail
