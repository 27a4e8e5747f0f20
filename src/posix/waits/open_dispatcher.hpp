// SPDX-License-Identifier: MIT
#pragma once

#include "dispatcher.hpp"
#include "posix/objects/body.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/users.hpp"
#include "posix/waits/member.hpp"
#include "posix/words/mutex_word.hpp"
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
  std::uint32_t user = 0;             ///< among whose processes it is used; global: opened as whom
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
/// Among whose processes this thread is known when it uses the object; see identity.hpp.
inline std::uint32_t user_of(const dispatcher& handle) noexcept {
  const auto& known = static_cast<const posix_dispatcher&>(handle);
  if (known.block == nullptr || known.user == user_abroad || !has_users(*known.block))
    return known.user;
  std::uint64_t owner = 0;  // one that a record tells of
  if (known.kind == kind::mutex) owner = mutex_word::owner(line_of(*known.block).word.load());
  return user_for_all(known.user, owner_word::is_recorded(owner) ? owner : 0);
}
inline member member_of(const dispatcher& handle) noexcept {
  const auto& known = static_cast<const posix_dispatcher&>(handle);
  return {*known.block, known.object.get(), known.kind,
          known.manual, known.maximum,      user_of(handle)};
}
inline bool is_manual(const dispatcher& handle) noexcept {
  return static_cast<const posix_dispatcher&>(handle).manual;
}

}  // namespace isthmus::detail
