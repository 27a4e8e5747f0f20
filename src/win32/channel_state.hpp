// SPDX-License-Identifier: MIT
#pragma once

#include "channel.hpp"
#include "win32/handle.hpp"
#include "win32/peer.hpp"

#include <array>
#include <memory>
#include <mutex>

namespace isthmus::detail {

/// What the two ends of a pair know of each other while they are in the process that made them:
/// which processes have inherited them.
struct pair_link {
  std::mutex lock;
  std::array<unique_handle, 2> inherited_by;
};

struct channel_state {
  unique_handle pipe;
  pipe_peer peer;
  std::shared_ptr<pair_link> link = {};  ///< a pair's
  std::size_t side = 0;                  ///< of a pair: 0 is the end that listened
};

/// Makes the state of one end, and looks who is at the other.
[[nodiscard]] std::unique_ptr<channel_state> channel_of(unique_handle pipe, bool listening);

}  // namespace isthmus::detail
