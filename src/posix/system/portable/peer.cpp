// SPDX-License-Identifier: MIT
#include "posix/system/peer.hpp"

#include <unistd.h>

namespace isthmus::detail {

std::optional<socket_peer> peer_of_socket(int fd) noexcept {
  socket_peer peer;
  gid_t group = 0;
  if (::getpeereid(fd, &peer.user, &group) != 0) return std::nullopt;
  return peer;
}

}  // namespace isthmus::detail
