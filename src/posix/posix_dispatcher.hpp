// SPDX-License-Identifier: MIT
#pragma once

#include "body.hpp"
#include "dispatcher.hpp"
#include "member.hpp"

#include <memory>

namespace isthmus::detail {

struct posix_dispatcher : dispatcher {
  std::shared_ptr<body> object;
  dispatcher_block* block = nullptr;  ///< the object's, at hand
};

/// A handle to it; errc::damaged where its state makes no sense.
dispatcher* handle_to_dispatcher(std::shared_ptr<body> object, access rights, bool created,
                                 failure& why);

inline dispatcher_block& block_of(const dispatcher& handle) noexcept {
  return *static_cast<const posix_dispatcher&>(handle).block;
}
inline dispatcher_state& state_of(const dispatcher& handle) noexcept {
  return block_of(handle).state;
}
inline member member_of(const dispatcher& handle) noexcept {
  return {block_of(handle), handle.kind};
}
inline bool is_manual(const dispatcher& handle) noexcept { return state_of(handle).mode != 0; }

}  // namespace isthmus::detail
