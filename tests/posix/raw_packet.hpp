// SPDX-License-Identifier: MIT
//
// Packets of a channel as the kernel carries them, for tests that play a peer who is no isthmus, or
// means harm. The harm is done with the socket of the channel's other end.
#pragma once

#include "support/limits.hpp"

#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace white {

/// A packet as it is on its way.
struct raw {
  std::string bytes;
  std::vector<int> descriptors = {};
};

inline bool send_raw(int socket, const raw& packet) {
  iovec part{const_cast<char*>(packet.bytes.data()), packet.bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(253 * sizeof(int))> control{};
  const std::size_t size = packet.descriptors.size() * sizeof(int);
  if (size != 0) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* const first = CMSG_FIRSTHDR(&message);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(first), packet.descriptors.data(), size);
  }
  return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(packet.bytes.size());
}

inline raw receive_raw(int socket) {
  raw packet{std::string(100'000, '\0')};
  iovec part{packet.bytes.data(), packet.bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  REQUIRE(got > 0);
  packet.bytes.resize(static_cast<std::size_t>(got));
  if (const cmsghdr* const first = CMSG_FIRSTHDR(&message)) {
    packet.descriptors.resize((first->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(packet.descriptors.data(), CMSG_DATA(first),
                packet.descriptors.size() * sizeof(int));
  }
  return packet;
}

/// A connection of which one end is in evil hands.
struct victim {
  victim() {
    auto ends = isthmus::channel::pair();
    evil = std::move(ends.first);
    good = std::move(ends.second);
  }
  [[nodiscard]] int socket() const { return isthmus::native_handle(evil); }

  /// The real packet of an object.
  raw real(const isthmus::object_ref& object, std::string_view message) {
    evil.send(object, message);
    return receive_raw(isthmus::native_handle(good));
  }
  std::error_code attempt() {
    std::error_code ec;
    const auto got = good.receive(support::patience(), ec);
    CHECK((got.status == isthmus::channel_status::failed) == static_cast<bool>(ec));
    CHECK((!ec || !got.object));
    return ec;
  }
  /// The connection works as before.
  void check_works() {
    const auto memory = isthmus::section::create({.size = 4096});
    evil.send(memory, "still works");
    const auto got = good.receive(support::patience());
    CHECK(got.message == "still works");
    CHECK(got.object.kind() == isthmus::object_kind::section);
  }

  isthmus::channel evil;
  isthmus::channel good;
};

inline void close_all(raw& packet) {
  for (const int fd : packet.descriptors) ::close(fd);
  packet.descriptors.clear();
}

}  // namespace white
