// SPDX-License-Identifier: MIT
#pragma once

#include "channel.hpp"
#include "posix/system/descriptor.hpp"

namespace isthmus::detail {

/// Nothing but a socket: whatever there is to know of the connection, the kernel knows.
struct channel_state {
  descriptor socket;
  bool of_pair = false;  ///< made by this process as one of two
};

}  // namespace isthmus::detail
