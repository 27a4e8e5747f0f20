// SPDX-License-Identifier: MIT
#include "owners/unseen_owner.hpp"

#include "descriptor.hpp"
#include "owners/owner_word.hpp"
#include "posix_failure.hpp"
#include "record.hpp"

#include <fcntl.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

bool has_free_descriptor() noexcept {
  const int before = errno;
  const descriptor probe(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const bool none = !probe && (errno == EMFILE || errno == ENFILE);
  errno = before;
  return !none;
}

}  // namespace

void unseen_owner::sleeps_on(std::uint64_t owner) noexcept {
  if (!owner_word::is_recorded(owner) || ++sleeps_ % sleeps_for_each_look != 0) return;
  const bool ours = static_cast<bool>(own_record_of(owner_word::nonce(owner)));
  blind_looks_ = ours || has_free_descriptor() ? 0 : blind_looks_ + 1;
}

void unseen_owner::refuse(failure& why) { fail_with(EMFILE, why); }

}  // namespace isthmus::detail
