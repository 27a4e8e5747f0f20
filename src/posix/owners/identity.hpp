// SPDX-License-Identifier: MIT
//
// Who a thread is where a record tells of its life, for all processes and for all time: its token.
// It has the form of an owner's word (words/owner_word.hpp), with the nonce of its process's record
// and, as the thread's number, its serial there, which is never used twice.
//
// A thread gets such a token where the kernel does not tell of its death (else see self.hpp). It
// gets it when it first needs one (it enrols): for a mutex, for the guard of a wait for all, or for
// a firm registration. A token is never zero, and one that has been left in a word tells for ever
// that its owner died.
#pragma once

#include "failure.hpp"
#include "posix/system/fork.hpp"
#include "posix/words/owner_word.hpp"

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

/// This thread's token as the home user, as its own process noted it, 0 before it has enrolled.
/// Read through current_token().
[[gnu::visibility("hidden")]] extern thread_local constinit std::uint64_t noted_token;
/// same_process_mask() once it is known; before that a mask that says "another process".
[[gnu::visibility("hidden")]] extern constinit std::atomic<const process_mask*> noted_mask;

/// The same where the mask does not tell: in a child, before all else, and where pages cannot be
/// wiped.
std::uint64_t token_by_asking() noexcept;

/// This thread's token, or 0 where it has to enrol (again): a child of a fork is somebody else.
inline std::uint64_t current_token() noexcept {
  // A branch, not an "and": so the mask is not on the way to the compare-and-swap.
  if (noted_mask.load(std::memory_order_relaxed)->load(std::memory_order_relaxed) == 0) [[unlikely]]
    return token_by_asking();
  return noted_token;
}

/// As whom the threads of this process lock, as a rule: who it was when it first came to this. A
/// process may change its user. Among the processes of the new one nobody would find the record
/// that tells of its life, so for the objects of another user its threads have further tokens,
/// which the short ways know nothing of.
std::uint32_t home_user() noexcept;

/// Instead of a user, for an object of another user namespace: its numbers mean other users here,
/// so no thread of this one can be known there by a record. A record from there, which belongs to
/// nobody who is known here, is no sign of a death either (peers.cpp).
inline constexpr std::uint32_t user_abroad = 0xFFFF'FFFF;

/// This thread's token among the processes of a user; enrols it if need be. 0 on failure.
std::uint64_t token_for(std::uint32_t user, failure& why);
/// The same without enrolling.
std::uint64_t known_token_for(std::uint32_t user) noexcept;

/// As whom this thread uses a global object, which keeps a list of its users (users.hpp): as whom
/// it owns it (`owner`, 0 where that does not matter), else as who opened it, and where it cannot
/// be known as that one any more (a child that has changed its user), as who it is now.
std::uint32_t user_for_all(std::uint32_t opened_as, std::uint64_t owner) noexcept;

/// Reports that this process is another user than it would have to be.
void wrong_user(std::uint32_t user, failure& why);

/// What this copy of the library does for other copies; see modules.hpp. And what it makes of a
/// leader's error number.
void fail_as_leader(int error, failure& why);
std::uint64_t take_slot_for_module(int* error) noexcept;
struct record_header;
record_header* made_here_for_module(std::uint32_t nonce) noexcept;
int share_for_module() noexcept;

constexpr std::uint32_t nonce_of(std::uint64_t token) noexcept { return owner_word::nonce(token); }
constexpr std::uint32_t serial_of(std::uint64_t token) noexcept {
  return owner_word::thread(token);
}
constexpr std::uint64_t token_of(std::uint32_t nonce, std::uint32_t serial) noexcept {
  return owner_word::make(nonce, serial);
}

}  // namespace isthmus::detail
