// SPDX-License-Identifier: MIT
#include "channel.hpp"

#include "packet.hpp"
#include "posix/channel_state.hpp"
#include "posix/channels/socket.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/peer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

iovec part_of(const void* data, std::size_t size) noexcept {
  return {const_cast<void*>(data), size};  // nobody writes there
}

/// One attempt. What carries the object is made for each, and not kept while we wait: a fork would
/// share its description.
attempt try_to_send(int socket, const object_ref* object, std::string_view message, failure& why) {
  const hold_off_fork gate;
  parcel packed;
  std::string description;
  if (object != nullptr) {
    if (!pack(*object, packed, why)) return attempt::failed;
    description = describe(packed);
  }
  const packet_header header =
      header_for(object != nullptr ? &packed : nullptr, description, message);
  const std::array parts{part_of(&header, sizeof header),
                         part_of(description.data(), description.size()),
                         part_of(message.data(), message.size())};
  const std::array descriptors{packed.carriers[0].get(), packed.carriers[1].get()};
  return send_now(socket, parts, std::span(descriptors).first(header.carriers), why);
}

attempt try_to_receive(int socket, packet_buffer& packet, received& result, failure& why) {
  const hold_off_fork gate;  // a child would have what has arrived, and not know of it
  arrived got;
  const attempt outcome = receive_now(socket, packet.data(), packet_buffer::capacity, got, why);
  if (outcome != attempt::done) return outcome;
  if (packet.check(got.size, why)) {
    if (packet.header().carriers == got.count) {
      result = open_packet(
          packet, {carrier(got.descriptors[0].release()), carrier(got.descriptors[1].release())},
          why);
    } else {
      why.set(errc::damaged, "the other end has sent other descriptors than it says");
    }
  }
  return why ? attempt::failed : attempt::done;
}

channel_state* end_of_pair(descriptor socket) {
  auto state = std::make_unique<channel_state>();
  state->socket = std::move(socket);
  state->of_pair = true;
  return state.release();
}

/// Whether a descriptor is one end of a connection that keeps packets apart.
bool check_connected(int fd, failure& why) {
  int type = 0;
  socklen_t size = sizeof type;
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 && errno == EBADF) {
    why.set(errc::invalid_argument, "not a descriptor");
  } else if (type != SOCK_SEQPACKET ||
             (::getpeername(fd, static_cast<sockaddr*>(static_cast<void*>(&peer)), &peer_size) !=
                  0 &&
              errno != ENOTCONN) ||
             peer.ss_family != AF_UNIX) {
    why.set(errc::wrong_kind, "the descriptor is not one end of a channel");
  }
  return !why;
}

/// No two sockets that are open at once have the same numbers.
bool identify(int fd, end_identity& identity, failure& why) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail_with(errno, why), false;
  identity = {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
  return true;
}

}  // namespace

std::pair<channel_state*, channel_state*> make_channel_pair(failure& why) {
  const no_cancel whole;
  std::array<descriptor, 2> ends;
  if (!make_socket_pair(ends, why)) return {};
  std::unique_ptr<channel_state> first(end_of_pair(std::move(ends[0])));
  channel_state* const second = end_of_pair(std::move(ends[1]));
  return {first.release(), second};
}

bool send_packet(channel_state& state, const object_ref* object, std::string_view message,
                 std::chrono::nanoseconds limit, failure& why) {
  const no_cancel whole;
  const auto start = std::chrono::steady_clock::now();
  do {
    switch (try_to_send(state.socket.get(), object, message, why)) {
      case attempt::done:
        return true;
      case attempt::closed:
        why.set_native(EPIPE, "the other end of the channel has gone");
        return false;
      case attempt::failed:
        return false;
      case attempt::not_yet:
        break;
    }
  } while (await_socket(state.socket.get(), POLLOUT, start, limit, why));
  return false;
}

received receive_packet(channel_state& state, std::chrono::nanoseconds limit, failure& why) {
  const no_cancel whole;
  const auto start = std::chrono::steady_clock::now();
  packet_buffer packet;  // before a packet is taken, so that none is lost for want of memory
  received result;
  do {
    switch (try_to_receive(state.socket.get(), packet, result, why)) {
      case attempt::done:
        return result;
      case attempt::closed:
        result.status = channel_status::closed;
        return result;
      case attempt::failed:
        return {};
      case attempt::not_yet:
        break;
    }
  } while (await_socket(state.socket.get(), POLLIN, start, limit, why));
  if (!why) result.status = channel_status::timeout;
  return result;
}

peer_info channel_peer(const channel_state& state, failure& why) {
  const auto peer = peer_of_socket(state.socket.get());
  if (!peer) {
    fail_with(errno, why);
    return {};
  }
  return {std::to_string(peer->user), peer->process_id};
}

native_handle_type channel_handle(const channel_state& state) noexcept {
  return state.socket.get();
}

channel_state* adopt_channel(native_handle_type handle, failure& why) {
  if (!check_connected(handle, why)) return nullptr;
  auto state = std::make_unique<channel_state>();
  ::fcntl(handle, F_SETFD, FD_CLOEXEC);
  state->socket = descriptor::adopt(handle);
  return state.release();
}

carrier pack_end(const channel_state& state, end_identity& identity, failure& why) {
  const no_cancel whole;
  if (!state.of_pair) {
    why.set(errc::not_supported, "only the ends of a pair can be inherited");
    return {};
  }
  carrier copy(::fcntl(state.socket.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) {
    fail_with(errno, why);
    return {};
  }
  return identify(copy.get(), identity, why) ? std::move(copy) : carrier();
}

channel_state* unpack_end(carrier what, const end_identity& identity, failure& why) {
  const no_cancel whole;
  end_identity found{};
  if (!check_connected(what.get(), why) || !identify(what.get(), found, why) || found != identity) {
    why.set(errc::damaged, "the channel that was inherited is not there any more");
    return nullptr;
  }
  auto state = std::make_unique<channel_state>();
  state->socket = descriptor(what.release());
  return state.release();
}

void channel_was_inherited(const channel_state&, native_handle_type, failure&) {}

void close_channel_state(channel_state* state) noexcept {
  const no_cancel whole;
  delete state;
}

}  // namespace isthmus::detail
