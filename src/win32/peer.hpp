// SPDX-License-Identifier: MIT
//
// The process at the other end of a pipe.
#pragma once

#include "failure.hpp"
#include "win32/handle.hpp"
#include "win32/windows.hpp"

#include <string>

namespace isthmus::detail {

/// Noted when the connection is made: later the number may be another process's.
struct pipe_peer {
  DWORD id = 0;           ///< 0: unknown
  unique_handle process;  ///< with PROCESS_DUP_HANDLE where that may be had, or empty
  bool may_push = false;  ///< whether it was
  std::string user;       ///< SID; empty where it could not be had
};

/// `listening`: this end is the one that listened.
[[nodiscard]] pipe_peer peer_of_pipe(HANDLE pipe, bool listening);

/// The user of this process, as the text of a SID; empty where that cannot be had.
[[nodiscard]] const std::string& own_user();

}  // namespace isthmus::detail
