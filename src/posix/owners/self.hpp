// SPDX-License-Identifier: MIT
//
// Who this thread is as an owner, where the kernel tells of owners' deaths. It costs two system
// calls and a look at /proc, once for each thread, and leaves nothing anywhere.
#pragma once

#include "posix/owners/identity.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/robust_list.hpp"

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

struct owning_thread {
  robust_head* list = nullptr;
  std::uint64_t token = 0;  ///< its words, without marks; 0: it has not enrolled
  std::uint64_t start = 0;
  std::uint32_t owned = 0;  ///< how many of our words are in the list
  /// While it holds guards (waits/guard.hpp): the last of their nodes in the list. What it comes to
  /// own meanwhile is linked behind that.
  std::byte* guards_end = nullptr;
  bool usual = false;     ///< the list has the shape that the short ways know
  bool recorded = false;  ///< it has begun to own with a record, and goes on so
};

/// Read through the functions below: a child of a fork is somebody else.
[[gnu::visibility("hidden")]] extern thread_local constinit owning_thread noted_thread;

/// The kernel stops at most_entries, and the C library's mutexes want room as well.
inline constexpr std::uint32_t most_owned = 1000;

/// This thread, if it has enrolled and its list has the usual shape. For the short ways.
inline owning_thread* usual_thread() noexcept {
  // A branch, not an "and": so the mask is not on the way to the compare-and-swap.
  if (noted_mask.load(std::memory_order_relaxed)->load(std::memory_order_relaxed) == 0) [[unlikely]]
    return nullptr;
  return noted_thread.usual ? &noted_thread : nullptr;
}

/// Into this thread's list: in front, but behind its guards.
inline void enlist(std::byte* node, const robust_shape& shape) noexcept {
  robust_head& list = *noted_thread.list;
  std::byte* const end = noted_thread.guards_end;
  robust::link_behind(list, shape, end != nullptr ? end : robust::node_of(list), node);
}

/// This thread, if it has enrolled.
owning_thread* known_thread() noexcept;
/// The same; enrols it if need be. nullptr where there is no list for it: it owns with a record
/// from then on, for ever.
owning_thread* enrolled_thread() noexcept;

/// The number that tells this process from all others; all copies of the library in it have the
/// same. 0 in one of which no thread has enrolled.
std::uint32_t process_nonce() noexcept;
/// The leading copy's, made if need be; see modules.hpp.
std::uint32_t nonce_for_module() noexcept;

/// In a child: it is another process.
void forget_own_thread() noexcept;

}  // namespace isthmus::detail
