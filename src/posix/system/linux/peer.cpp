// SPDX-License-Identifier: MIT
#include "posix/system/peer.hpp"

#include <sys/socket.h>

namespace isthmus::detail {

std::optional<socket_peer> peer_of_socket(int fd) noexcept {
  struct ucred who {};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
  socket_peer peer{who.uid, std::nullopt};
  // 0: a process of another PID namespace, which has no number in ours.
  if (who.pid > 0) peer.process_id = static_cast<std::uint32_t>(who.pid);
  return peer;
}

}  // namespace isthmus::detail
