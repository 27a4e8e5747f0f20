// SPDX-License-Identifier: MIT
#pragma once

#include "body.hpp"
#include "dispatcher.hpp"
#include "member.hpp"
#include "process.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace isthmus::detail {

struct posix_dispatcher : dispatcher {
  std::shared_ptr<body> object;       ///< none for a process
  dispatcher_block* block = nullptr;  ///< the object's, at hand
  std::uint32_t user = 0;             ///< among whose processes it is used; see identity.hpp
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
/// The object's identity, in whichever process; a process has its number.
inline std::array<std::uint64_t, 2> identity_of(const posix_dispatcher& handle) noexcept {
  if (handle.object) return handle.object->facts.identity;
  return {0, process_id(handle)};
}
inline std::uint32_t user_of(const dispatcher& handle) noexcept {
  return static_cast<const posix_dispatcher&>(handle).user;
}
inline member member_of(const dispatcher& handle) noexcept {
  return {block_of(handle), handle.kind, user_of(handle)};
}
inline bool is_manual(const dispatcher& handle) noexcept { return state_of(handle).mode != 0; }

}  // namespace isthmus::detail
