// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// Who is at the other end of a local socket: as the kernel noted it when the connection was made.
struct socket_peer {
  uid_t user = 0;
  std::optional<std::uint32_t> process_id;
};

/// Absent where the kernel does not tell; errno says why.
std::optional<socket_peer> peer_of_socket(int fd) noexcept;

}  // namespace isthmus::detail
