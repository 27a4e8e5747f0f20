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
  bool manual = true;                 ///< event, timer; the end of a process
  std::uint32_t maximum = 0;          ///< semaphore
};

/// A handle to it.
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
inline member member_of(const dispatcher& handle) noexcept {
  const auto& known = static_cast<const posix_dispatcher&>(handle);
  return {*known.block, known.kind, known.manual, known.maximum};
}
inline bool is_manual(const dispatcher& handle) noexcept {
  return static_cast<const posix_dispatcher&>(handle).manual;
}

}  // namespace isthmus::detail
