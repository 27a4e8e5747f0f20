// SPDX-License-Identifier: MIT
//
// The contract between src/channel.cpp and the backends. Arguments that reach a backend are
// checked: names parsed and not empty, messages not too long, handles not empty. Packets are made
// and read in packet.hpp. A backend function that fails sets `why`.
#pragma once

#include <isthmus/channel.hpp>

#include "failure.hpp"
#include "name.hpp"
#include "transfer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace isthmus::detail {

/// Makes the name: already_exists where a living listener has it.
listener_state* make_listener(const parsed_name& name, const permissions& permissions,
                              failure& why);
[[nodiscard]] std::string_view listener_name(const listener_state& state) noexcept;
/// nullptr without failure: the limit passed. nanoseconds::max() is none, here and below.
channel_state* accept_channel(listener_state& state, std::chrono::nanoseconds limit, failure& why);
/// Frees the state.
void close_listener_state(listener_state* state) noexcept;

/// One attempt. not_found: no listener; busy: it does not keep up.
channel_state* connect_channel(const parsed_name& name, failure& why);
/// Both, or neither.
std::pair<channel_state*, channel_state*> make_channel_pair(failure& why);

/// True: sent. False without failure: the limit passed, and nothing was sent. errc::closed: nobody
/// is there to receive it. `object` is nullptr or not empty.
bool send_packet(channel_state& state, const object_ref* object, std::string_view message,
                 std::chrono::nanoseconds limit, failure& why);
/// `failed` with `why` set, or one of the others.
received receive_packet(channel_state& state, std::chrono::nanoseconds limit, failure& why);

peer_info channel_peer(const channel_state& state, failure& why);

[[nodiscard]] native_handle_type channel_handle(const channel_state& state) noexcept;
/// Takes a native handle over; see include/isthmus/native.hpp.
channel_state* adopt_channel(native_handle_type handle, failure& why);
/// Which end of which connection a handle is, in numbers that are the same in the child.
using end_identity = std::array<std::uint64_t, 2>;
/// What brings one end into a child. not_supported where it is not one of a pair's.
carrier pack_end(const channel_state& state, end_identity& identity, failure& why);
/// Makes a channel of what has arrived. What is not that end is errc::damaged, and only closed.
channel_state* unpack_end(carrier what, const end_identity& identity, failure& why);
/// One end of a pair has been inherited by a process, of which this is a handle (Win32; elsewhere
/// it changes nothing). From now on the other end sends objects there.
void channel_was_inherited(const channel_state& state, native_handle_type by, failure& why);

/// Frees the state.
void close_channel_state(channel_state* state) noexcept;

}  // namespace isthmus::detail
