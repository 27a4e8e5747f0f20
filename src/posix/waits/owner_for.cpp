// SPDX-License-Identifier: MIT
#include "posix/waits/owner_for.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/self.hpp"
#include "posix/waits/open_dispatcher.hpp"

namespace isthmus::detail {

std::uint64_t owner_for(const dispatcher& mutex, failure& why) {
  if (const owning_thread* const self = enrolled_thread()) return self->token;
  dispatcher_block& block = block_of(mutex);
  const std::uint32_t user = user_of(mutex);
  const bool entered = user == user_abroad || enter_late(block, why);
  const std::uint64_t me = entered ? token_for(user, why) : 0;
  if (me != 0) come_with_record(block, me);
  return me;
}

std::uint64_t known_owner_for(const dispatcher& mutex) noexcept {
  if (const owning_thread* const self = known_thread()) return self->token;
  return known_token_for(user_of(mutex));
}

}  // namespace isthmus::detail
