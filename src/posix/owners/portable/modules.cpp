// SPDX-License-Identifier: MIT
//
// Where modules cannot be listed, every copy of the library leads itself.
#include "posix/owners/modules.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/self.hpp"

namespace isthmus::detail {
namespace {

module_identity own{layout_version,       0,
                    take_slot_for_module, made_here_for_module,
                    share_for_module,     nonce_for_module};

}  // namespace

module_identity& this_module() noexcept { return own; }

void stay_loaded() noexcept {}  // as far as the linker can promise it

module_identity& choose_leader() noexcept { return own; }

}  // namespace isthmus::detail
