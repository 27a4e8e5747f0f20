// SPDX-License-Identifier: MIT
#include "posix/channels/socket.hpp"

#include "packet.hpp"
#include "pause.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;

// Some systems lack one or the other, and have another way instead.
#ifdef SOCK_CLOEXEC
constexpr int socket_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
#else
constexpr int socket_flags = 0;
#endif
#ifdef MSG_CMSG_CLOEXEC
constexpr int receive_flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
#else
constexpr int receive_flags = MSG_DONTWAIT;
#endif
#ifdef MSG_NOSIGNAL
constexpr int send_flags = MSG_DONTWAIT | MSG_EOR | MSG_NOSIGNAL;
#else
constexpr int send_flags = MSG_DONTWAIT | MSG_EOR;
#endif

constexpr int backlog = 64;
constexpr std::size_t most_descriptors = 253;  // in one packet, by any system

/// What the flags above could not do, and room for the longest packet: false and errno where it
/// cannot be used.
bool set_up(int fd) noexcept {
  if (socket_flags == 0 &&
      (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd, F_SETFL, O_NONBLOCK) != 0))
    return false;
#ifdef SO_NOSIGPIPE
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
  const int room = 2 * static_cast<int>(max_packet_size);
  for (const int which : {SO_SNDBUF, SO_RCVBUF}) {
    int has = 0;
    socklen_t size = sizeof has;
    if (::getsockopt(fd, SOL_SOCKET, which, &has, &size) == 0 && has < room)
      ::setsockopt(fd, SOL_SOCKET, which, &room, sizeof room);
  }
  return true;
}

/// The way to a socket's file. Paths of sockets are short by nature (108 bytes on Linux), and a
/// directory may be moved; its descriptor leads there in any case, where the system has such paths.
bool address_of(const socket_file& file, sockaddr_un& address, failure& why) {
  address = {};
  address.sun_family = AF_UNIX;
  constexpr std::size_t room = sizeof address.sun_path;
  std::snprintf(address.sun_path, room, "/proc/self/fd/%d", file.folder);
  struct stat there {};
  struct stat here {};
  int length = 0;
  if (::stat(address.sun_path, &there) == 0 && ::fstat(file.folder, &here) == 0 &&
      there.st_ino == here.st_ino && there.st_dev == here.st_dev) {
    length = std::snprintf(address.sun_path, room, "/proc/self/fd/%d/%s", file.folder, file.name);
  } else {
    length = std::snprintf(address.sun_path, room, "%s/%s", file.folder_path.c_str(), file.name);
  }
  if (length > 0 && static_cast<std::size_t>(length) < room) return true;
  why.set_native(ENAMETOOLONG,
                 "the path of the runtime directory is too long for a socket in it; "
                 "set ISTHMUS_RUNTIME_DIR to a shorter one");
  return false;
}

const sockaddr* as_address(const sockaddr_un& address) noexcept {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

attempt fail(failure& why) {
  fail_with(errno, why);
  return attempt::failed;
}

/// CMSG_NXTHDR, which in musl compares numbers of different signs.
cmsghdr* next_of(const msghdr& message, cmsghdr* each) noexcept {
  const std::size_t length = each->cmsg_len;
  if (length < CMSG_LEN(0)) return nullptr;
  auto* const begin = static_cast<std::byte*>(message.msg_control);
  auto* const here = static_cast<std::byte*>(static_cast<void*>(each));
  const auto next = static_cast<std::size_t>(here - begin) + CMSG_SPACE(length - CMSG_LEN(0));
  if (next + sizeof(cmsghdr) > message.msg_controllen) return nullptr;
  return static_cast<cmsghdr*>(static_cast<void*>(begin + next));
}

/// Takes the descriptors out of what came with a packet.
void collect(const msghdr& message, arrived& got) noexcept {
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = next_of(message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each) + i * sizeof fd, sizeof fd);
      descriptor owned(fd);
      if (receive_flags == MSG_DONTWAIT) ::fcntl(owned.get(), F_SETFD, FD_CLOEXEC);
      if (got.count < got.descriptors.size()) got.descriptors[got.count] = std::move(owned);
      ++got.count;
    }
  }
}

}  // namespace

descriptor make_socket(failure& why) {
  descriptor made(::socket(AF_UNIX, SOCK_SEQPACKET | socket_flags, 0));
  if (made && set_up(made.get())) return made;
  fail_with(errno, why);
  return {};
}

bool make_socket_pair(std::array<descriptor, 2>& ends, failure& why) {
  std::array<int, 2> made{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | socket_flags, 0, made.data()) != 0) {
    fail_with(errno, why);
    return false;
  }
  std::transform(made.begin(), made.end(), ends.begin(), [](int fd) { return descriptor(fd); });
  for (const descriptor& end : ends) {
    if (!end || !set_up(end.get())) return fail_with(errno, why), false;
  }
  return true;
}

bool listen_at(int socket, const socket_file& file, failure& why) {
  sockaddr_un address{};
  if (!address_of(file, address, why)) return false;
  if (::bind(socket, as_address(address), sizeof address) == 0 &&
      ::fchmodat(file.folder, file.name, 0600, 0) == 0 && ::listen(socket, backlog) == 0)
    return true;
  fail_with(errno, why);
  return false;
}

attempt connect_to(int socket, const socket_file& file, failure& why) {
  sockaddr_un address{};
  if (!address_of(file, address, why)) return attempt::failed;
  if (retry([&] { return ::connect(socket, as_address(address), sizeof address); }) == 0)
    return attempt::done;
  switch (errno) {
    case EAGAIN:
      return attempt::not_yet;
    case ENOENT:
    case ECONNREFUSED:
      return attempt::closed;
    default:
      return fail(why);
  }
}

attempt accept_from(int listening, descriptor& made, failure& why) {
#ifdef SOCK_CLOEXEC
  made = descriptor(retry([&] { return ::accept4(listening, nullptr, nullptr, socket_flags); }));
#else
  made = descriptor(retry([&] { return ::accept(listening, nullptr, nullptr); }));
#endif
  if (made && set_up(made.get())) return attempt::done;
  return errno == EAGAIN || errno == ECONNABORTED ? attempt::not_yet : fail(why);
}

attempt send_now(int socket, std::span<const iovec> parts, std::span<const int> descriptors,
                 failure& why) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads it
  message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(parts.size());
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen =
        static_cast<decltype(message.msg_controllen)>(CMSG_SPACE(descriptors.size_bytes()));
    cmsghdr* const first = CMSG_FIRSTHDR(&message);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = static_cast<decltype(first->cmsg_len)>(CMSG_LEN(descriptors.size_bytes()));
    std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
  }
  if (retry([&] { return ::sendmsg(socket, &message, send_flags); }) >= 0) return attempt::done;
  switch (errno) {
    case ENOBUFS:  // BSD, which then calls the socket ready all the same
      pause_for(1ms);
      return attempt::not_yet;
    case EAGAIN:
      return attempt::not_yet;
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
      return attempt::closed;
    case EMSGSIZE:
      why.set_native(errno,
                     "the system's limit for the buffers of sockets is too low for the "
                     "message; raise it, or send less at once");
      return attempt::failed;
    case ETOOMANYREFS:
      why.set_native(errno, "too many descriptors are on their way that nobody has received yet");
      return attempt::failed;
    default:
      return fail(why);
  }
}

attempt receive_now(int socket, void* buffer, std::size_t size, arrived& got, failure& why) {
  // Room for all the descriptors that one packet can bring, so that none is cut off for lack of it.
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
  iovec part{buffer, size};
  msghdr message{};
  const auto take = [&] {
    message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = static_cast<decltype(message.msg_controllen)>(control.size());
    return ::recvmsg(socket, &message, receive_flags);
  };
  ssize_t taken = retry(take);
  // Told once, of an end that closed without having read everything; what it sent is still there.
  if (taken < 0 && errno == ECONNRESET) taken = retry(take);
  if (taken < 0) {
    if (errno == EAGAIN) return attempt::not_yet;
    return errno == ECONNRESET || errno == ENOTCONN ? attempt::closed : fail(why);
  }
  collect(message, got);
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    fail_with(EMFILE, why);
    return attempt::failed;
  }
  if (taken == 0) return attempt::closed;
  got.size = static_cast<std::size_t>(taken) + ((message.msg_flags & MSG_TRUNC) != 0 ? 1 : 0);
  return attempt::done;
}

bool await_socket(int socket, short events, std::chrono::steady_clock::time_point start,
                  std::chrono::nanoseconds limit, failure& why) {
  constexpr std::chrono::milliseconds most = 1h;
  const auto left = [&]() -> std::chrono::nanoseconds {
    if (limit == limit.max()) return most;
    return limit - (std::chrono::steady_clock::now() - start);
  };
  if (left() <= 0ns) return false;
  pollfd entry{socket, events, 0};
  const int ready = retry([&] {
    // Rounded up, lest it end early and spin.
    const auto slice = std::chrono::ceil<std::chrono::milliseconds>(
        std::clamp<std::chrono::nanoseconds>(left(), 0ns, most));
    return ::poll(&entry, 1, static_cast<int>(slice.count()));
  });
  if (ready < 0) fail_with(errno, why);
  return ready > 0 || (ready == 0 && left() > 0ns);
}

}  // namespace isthmus::detail
