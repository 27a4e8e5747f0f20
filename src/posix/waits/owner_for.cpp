// SPDX-License-Identifier: MIT
#include "posix/waits/owner_for.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/self.hpp"
#include "posix/waits/open_dispatcher.hpp"

namespace isthmus::detail {

std::uint64_t owner_for(const dispatcher& mutex, failure& why) {
  if (const owning_thread* const self = enrolled_thread()) return self->token;
  return recorded_owner(block_of(mutex), user_of(mutex), why);
}

std::uint64_t known_owner_for(const dispatcher& mutex) noexcept {
  if (const owning_thread* const self = known_thread()) return self->token;
  return known_token_for(user_of(mutex));
}

}  // namespace isthmus::detail
