// SPDX-License-Identifier: MIT
//
// Local sockets that keep packets apart (SOCK_SEQPACKET). The kernel takes and gives each packet
// whole, so a time limit or a death never leaves half of one, threads and forks that use one end
// need no lock between them, and a packet that makes no sense does not spoil the next.
//
// Nothing here waits but await_socket.
#pragma once

#include "failure.hpp"
#include "posix/system/descriptor.hpp"

#include <sys/uio.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>

namespace isthmus::detail {

/// A new socket, not connected; empty on failure. It does not block, nor do those below.
descriptor make_socket(failure& why);
/// Two that are connected.
bool make_socket_pair(std::array<descriptor, 2>& ends, failure& why);

/// How an attempt ended that does not wait.
enum class attempt { done, not_yet, closed, failed };

/// The file of a socket, in a directory that is open.
struct socket_file {
  int folder;                      ///< the directory
  const std::string& folder_path;  ///< for systems that cannot name it by its descriptor
  const char* name;
};

/// Makes the file, closed to everybody else, and listens.
bool listen_at(int socket, const socket_file& file, failure& why);
/// not_yet: it does not keep up with accepting; closed: nobody listens there.
attempt connect_to(int socket, const socket_file& file, failure& why);
attempt accept_from(int listening, descriptor& made, failure& why);

attempt send_now(int socket, std::span<const iovec> parts, std::span<const int> descriptors,
                 failure& why);

/// What has arrived beside the bytes.
struct arrived {
  std::size_t size = 0;                   ///< of the packet; more than the buffer: it was longer
  std::size_t count = 0;                  ///< of descriptors that came with it
  std::array<descriptor, 2> descriptors;  ///< the first of them; further ones have been closed
};

/// Takes one packet. Where a descriptor could not be taken it is gone, with all that it carried:
/// too_many_handles.
attempt receive_now(int socket, void* buffer, std::size_t size, arrived& got, failure& why);

/// Waits until an attempt is worth while: `events` as poll() has them. False: the limit, counted
/// from `start`, has passed, or `why` is set.
bool await_socket(int socket, short events, std::chrono::steady_clock::time_point start,
                  std::chrono::nanoseconds limit, failure& why);

}  // namespace isthmus::detail
