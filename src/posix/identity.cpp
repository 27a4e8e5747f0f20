// SPDX-License-Identifier: MIT
#include "identity.hpp"

#include "modules.hpp"
#include "posix_failure.hpp"
#include "record.hpp"
#include "users.hpp"

#include <cerrno>
#include <new>

namespace isthmus::detail {
namespace {

constinit const process_mask no_process = 0;

/// Others look for this thread by the user whose record its token is from.
bool enter_as_user_of(std::uint64_t token, failure& why) {
  const own_record mine = own_record_of(nonce_of(token));
  return !mine || enter_everywhere_once(mine.facts.user, why);
}

}  // namespace

thread_local constinit std::uint64_t noted_token = 0;
constinit std::atomic<const process_mask*> noted_mask = &no_process;

module_identity& leader() noexcept {
  // No static's guard, which another thread's fork could leave locked in the child.
  static constinit std::atomic<module_identity*> chosen = nullptr;
  if (module_identity* const known = chosen.load(std::memory_order_acquire)) return *known;
  const hold_off_fork gate;
  module_identity& found = choose_leader();
  chosen.store(&found, std::memory_order_release);
  return found;
}

std::uint64_t enrol(failure& why) {
  (void)fork_generation();  // a child that no handler has seen becomes somebody of its own here
  std::uint64_t token = current_token();
  if (token != 0) return token;
  if (&leader() == &this_module()) {
    token = take_slot(why);
  } else {
    int error = 0;
    token = leader().take_slot(&error);
    if (token == 0) fail_with(error, why);
  }
  if (token != 0 && !enter_as_user_of(token, why)) return 0;
  noted_token = token;
  noted_mask.store(same_process_mask(), std::memory_order_relaxed);
  return token;
}

std::uint64_t take_slot_for_module(int* error) noexcept {
  try {
    failure why;
    const std::uint64_t token = enrol(why);
    *error = !why ? 0 : why.code.category() == std::system_category() ? why.code.value() : EAGAIN;
    return token;
  } catch (const std::bad_alloc&) {
    *error = ENOMEM;
    return 0;
  }
}

int share_for_module() noexcept {
  try {
    failure why;
    if (share_records(why)) return 0;
    return why.code.category() == std::system_category() ? why.code.value() : EAGAIN;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
}

record_header* made_here_for_module(std::uint32_t nonce) noexcept { return made_here(nonce); }

void forget_parent() noexcept {
  noted_token = 0;
  disown_records();
}

}  // namespace isthmus::detail
