// SPDX-License-Identifier: MIT
#include "wait_identities.hpp"

#include "identity.hpp"
#include "owners/owner.hpp"
#include "posix_dispatcher.hpp"

#include <optional>

namespace isthmus::detail {

identities identify(std::span<dispatcher* const> objects, failure& why) {
  identities self;
  std::optional<std::uint32_t> user;
  const dispatcher* mutex = nullptr;
  for (const dispatcher* const one : objects) {
    if (one->kind == kind::process) continue;
    if (user && *user != user_of(*one)) {
      why.set(errc::not_supported,
              "the objects were opened as different users; wait for those of each by themselves");
      return {};
    }
    user = user_of(*one);
    if (one->kind != kind::mutex) continue;
    mutex = one;
    ++self.mutexes;
  }
  self.guards = token_for(user.value_or(home_user()), why);
  if (!why && mutex != nullptr) self.owner = owner_for(*mutex, why);
  return self;
}

}  // namespace isthmus::detail
