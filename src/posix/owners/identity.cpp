// SPDX-License-Identifier: MIT
#include "posix/owners/identity.hpp"

#include "posix/owners/modules.hpp"
#include "posix/owners/record.hpp"
#include "posix/owners/self.hpp"
#include "posix/owners/users.hpp"
#include "posix/system/fail_with.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <new>

namespace isthmus::detail {
namespace {

constinit const process_mask no_process = 0;

/// A token of this thread's for the objects of another user.
struct further_token {
  std::uint32_t user = 0;
  std::uint64_t token = 0;  ///< 0: free
};
constexpr std::size_t most_further_tokens = 8;
thread_local constinit std::array<further_token, most_further_tokens> further_tokens{};

/// Others look for this thread by the user whose record its token is from.
bool enter_as_user_of(std::uint64_t token, failure& why) {
  const own_record mine = own_record_of(nonce_of(token));
  return !mine || enter_everywhere_once(mine.facts.user, why);
}

/// A failure for another copy of the library: the system's number, or the library's below zero.
int error_number_of(const failure& why) noexcept {
  return why.code.category() == std::system_category() ? why.code.value() : -why.code.value();
}

}  // namespace

void fail_as_leader(int error, failure& why) {
  if (error > 0) return fail_with(error, why);
  why.set(static_cast<errc>(-error),
          fmt::format("another copy of the library in this process, which locks for all of them, "
                      "says: {}; what locks by that copy alone is told more",
                      make_error_code(static_cast<errc>(-error)).message()));
}

thread_local constinit std::uint64_t noted_token = 0;
constinit std::atomic<const process_mask*> noted_mask = &no_process;

std::uint64_t token_by_asking() noexcept {
  return noted_token != 0 && same_process() ? noted_token : 0;
}

module_identity& leader() noexcept {
  // No static's guard, which another thread's fork could leave locked in the child.
  static constinit std::atomic<module_identity*> chosen = nullptr;
  if (module_identity* const known = chosen.load(std::memory_order_acquire)) return *known;
  const hold_off_fork gate;
  module_identity& found = choose_leader();
  chosen.store(&found, std::memory_order_release);
  return found;
}

std::uint32_t home_user() noexcept {
  static constinit std::atomic<std::uint64_t> home = 0;  // plus one
  std::uint64_t known = home.load(std::memory_order_relaxed);
  const std::uint64_t now = known == 0 ? ::geteuid() + std::uint64_t{1} : known;
  if (known == 0 && home.compare_exchange_strong(known, now)) known = now;
  return static_cast<std::uint32_t>(known - 1);
}

void wrong_user(std::uint32_t user, failure& why) {
  why.set(
      errc::access_denied,
      fmt::format("the object is used among the processes of user {}, and this process is user "
                  "{} now; lock it before the change of user, or let a process of user {} do it",
                  user, ::geteuid(), user));
}

std::uint64_t known_token_for(std::uint32_t user) noexcept {
  const bool home = user == home_user();
  if (const std::uint64_t token = home ? current_token() : 0; token != 0) return token;
  (void)fork_generation();  // a child that no handler has seen becomes somebody of its own here
  if (home) return current_token();
  for (const further_token& one : further_tokens)
    if (one.token != 0 && one.user == user) return one.token;
  return 0;
}

std::uint32_t user_for_all(std::uint32_t opened_as, std::uint64_t owner) noexcept {
  const std::uint64_t known = known_token_for(opened_as);
  if (owner != 0 && owner != known) {
    if (owner == current_token()) return home_user();
    for (const further_token& one : further_tokens)
      if (one.token == owner) return one.user;
  }
  return known != 0 ? opened_as : ::geteuid();
}

std::uint64_t token_for(std::uint32_t user, failure& why) {
  std::uint64_t token = known_token_for(user);
  if (token != 0) return token;
  further_token* place = nullptr;
  if (user != home_user()) {
    place = std::find_if(further_tokens.begin(), further_tokens.end(),
                         [](const further_token& one) { return one.token == 0; });
    if (place == further_tokens.end()) {
      why.set(errc::limit_exceeded,
              fmt::format("a thread can lock as {} users, and this one has", most_further_tokens));
      return 0;
    }
  }
  if (&leader() == &this_module()) {
    token = take_slot(user, why);
  } else if (user != ::geteuid()) {
    wrong_user(user, why);
  } else {
    int error = 0;
    token = leader().take_slot(&error);
    if (token == 0) fail_as_leader(error, why);
  }
  if (token == 0 || !enter_as_user_of(token, why)) return 0;
  if (place != nullptr) {
    *place = {user, token};
    return token;
  }
  noted_token = token;
  noted_mask.store(same_process_mask(), std::memory_order_relaxed);
  return token;
}

std::uint64_t take_slot_for_module(int* error) noexcept {
  try {
    failure why;
    const std::uint64_t token = token_for(::geteuid(), why);
    *error = error_number_of(why);
    return token;
  } catch (const std::bad_alloc&) {
    *error = ENOMEM;
    return 0;
  }
}

int share_for_module() noexcept {
  try {
    failure why;
    return share_records(why) ? 0 : error_number_of(why);
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
}

record_header* made_here_for_module(std::uint32_t nonce) noexcept { return made_here(nonce); }

void forget_parent() noexcept {
  noted_token = 0;
  further_tokens = {};
  forget_own_thread();
  disown_records();
}

}  // namespace isthmus::detail
