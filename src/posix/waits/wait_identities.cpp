// SPDX-License-Identifier: MIT
#include "posix/waits/wait_identities.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/self.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/owner_for.hpp"

#include <optional>

namespace isthmus::detail {

identities identify(std::span<dispatcher* const> objects, failure& why) {
  identities self;
  std::optional<std::uint32_t> user;
  const dispatcher* mutex = nullptr;
  const owning_thread* const known = enrolled_thread();
  const bool by_record = known == nullptr;
  for (const dispatcher* const one : objects) {
    if (one->kind == kind::process) continue;
    if (!map_guard(*static_cast<const posix_dispatcher*>(one)->object, why)) return {};
    if (by_record && user && *user != user_of(*one)) {
      why.set(errc::not_supported,
              "the objects were opened as different users; wait for those of each by themselves");
      return {};
    }
    user = user_of(*one);
    if (by_record && !enter_late(block_of(*one), *user, why)) return {};
    if (one->kind != kind::mutex) continue;
    mutex = one;
    ++self.mutexes;
  }
  if (!user) return self;  // processes alone, which have no guards
  if (known != nullptr) {
    self.guards = known->token;
    if (mutex != nullptr) self.owner = known->token;
    return self;
  }
  self.guards = token_for(*user, why);
  for (const dispatcher* const one : objects)
    if (!why && one->kind != kind::process) come_with_record(block_of(*one), self.guards);
  if (!why && mutex != nullptr) self.owner = owner_for(*mutex, why);
  return self;
}

}  // namespace isthmus::detail
