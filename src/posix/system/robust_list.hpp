// SPDX-License-Identifier: MIT
//
// The list of what a thread owns, of which the kernel marks every entry when the thread ends
// (set_robust_list). A thread has one, and it is the C library's, for its robust mutexes; ours are
// linked into it among theirs. A node lies at one distance from its word:
//
//     word … node { prev (not everywhere), next }        next points to the next node's `next`
//
// The kernel walks it after the thread's last instruction, so plain stores are enough: nobody else
// looks. Between a step on a word and the step in the list, `pending` holds the node: the kernel
// looks there as well, and marks the word if it has the thread's number.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace isthmus::detail {

/// The kernel's struct robust_list_head. Bit 0 of a pointer marks a kind of mutex of the C
/// library's.
struct robust_head {
  std::byte* next;
  long offset;  ///< from a node to its word
  std::byte* pending;
};

/// How the C library has its nodes, found by a look at one of its own mutexes.
struct robust_shape {
  long offset = 0;
  bool has_prev = false;       ///< nodes have a pointer back, right before `next`
  bool head_has_prev = false;  ///< and so has the head
  bool operator==(const robust_shape&) const noexcept = default;
};
/// glibc's of 64-bit systems; the short ways know this one only.
inline constexpr robust_shape usual_shape{-32, true, true};

/// The shape; nullptr where there is no such list, or one that we do not know: records tell of
/// owners' lives then.
const robust_shape* known_shape() noexcept;

/// What the end of a thread told of the kernel.
enum class list_trial { marks, ignores, not_told };
/// Whether the kernel marks what an ending thread has in its list. There are emulators that take
/// the list and do nothing with it. A thread is made for it that is nobody's: it registers a list
/// of one word and ends. Costs some 30 µs. Not told where no such thread can be made.
[[nodiscard]] list_trial try_list() noexcept;

/// This thread's number, as the kernel has it.
std::uint32_t own_thread_number() noexcept;
/// The list that the kernel has of this thread, of whatever shape.
robust_head* current_robust_head() noexcept;
/// This thread's list, if it has the known shape; made where it has none. nullptr otherwise.
robust_head* own_robust_head() noexcept;

/// Whether a thread of this process that had an entry has ended, and the kernel has been through
/// its list: nobody will look at its nodes again. `start`: when it began; 0: not known.
bool thread_has_gone(std::uint32_t thread, std::uint64_t start) noexcept;
/// Whether the number is another thread's by now, or one's that is only waiting to be collected.
/// False where that cannot be known.
bool thread_is_another(std::uint32_t process, std::uint32_t thread, std::uint64_t start) noexcept;
/// The same of a whole process.
bool process_is_another(std::uint32_t process, std::uint64_t start) noexcept;
/// When this thread began, in the kernel's ticks since the start; 0 where that cannot be known.
std::uint64_t own_start() noexcept;
/// The same of this process.
std::uint64_t own_process_start() noexcept;

namespace robust {

inline void in_order() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

inline std::byte* without_mark(std::byte* node) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's mark
  return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(node) & ~std::uintptr_t{1});
}
/// The pointers of a node; with some C libraries they are not aligned. ThreadSanitizer does not see
/// the kernel's mark, which comes between a dead owner's steps and the next one's.
__attribute__((no_sanitize("thread"))) inline std::byte* next_of(const std::byte* node) noexcept {
  std::byte* next = nullptr;
  __builtin_memcpy(&next, node, sizeof next);
  return next;
}
__attribute__((no_sanitize("thread"))) inline void set_next(std::byte* of, std::byte* to) noexcept {
  __builtin_memcpy(of, &to, sizeof to);
}
inline std::byte* prev_of(const std::byte* node) noexcept { return next_of(node - sizeof node); }
inline void set_prev(std::byte* of, std::byte* to) noexcept { set_next(of - sizeof of, to); }
inline std::byte* node_of(robust_head& head) noexcept {
  return static_cast<std::byte*>(static_cast<void*>(&head.next));
}

inline void announce(robust_head& head, std::byte* node) noexcept {
  head.pending = node;
  in_order();
}
inline void announce_done(robust_head& head) noexcept {
  in_order();
  head.pending = nullptr;
}

/// The most entries at which anybody looks, the kernel among them.
inline constexpr int most_entries = 2048;

/// Tells `after`, which may be the head, what comes before it now.
inline void tell(robust_head& head, const robust_shape& shape, std::byte* after,
                 std::byte* prev) noexcept {
  after = without_mark(after);
  if (shape.has_prev && (after != node_of(head) || shape.head_has_prev)) set_prev(after, prev);
}

/// What comes before a node, the head if it is the first.
inline std::byte* before(robust_head& head, const robust_shape& shape,
                         const std::byte* node) noexcept {
  if (shape.has_prev) return without_mark(prev_of(node));
  std::byte* prev = node_of(head);
  for (int i = 0; i < most_entries && without_mark(next_of(prev)) != node; ++i)
    prev = without_mark(next_of(prev));
  return prev;
}

/// Behind another node, or the head.
inline void link_behind(robust_head& head, const robust_shape& shape, std::byte* prev,
                        std::byte* node) noexcept {
  std::byte* const next = next_of(prev);
  set_next(node, next);
  if (shape.has_prev) set_prev(node, prev);
  in_order();
  tell(head, shape, next, node);
  in_order();
  set_next(prev, node);
  in_order();
}

/// In front of the list.
inline void link(robust_head& head, const robust_shape& shape, std::byte* node) noexcept {
  link_behind(head, shape, node_of(head), node);
}

/// Right before a node of ours that has no room for a pointer back while this one is linked.
inline void link_before(robust_head& head, const robust_shape& shape, std::byte* node,
                        std::byte* next) noexcept {
  std::byte* const prev = before(head, shape, next);
  set_next(node, next);
  if (shape.has_prev) set_prev(node, prev);
  in_order();
  set_next(prev, node);
  in_order();
}

/// Out of the list, wherever in it.
inline void unlink(robust_head& head, const robust_shape& shape, std::byte* node) noexcept {
  std::byte* const next = next_of(node);
  std::byte* const prev = before(head, shape, node);
  set_next(prev, next);
  in_order();
  tell(head, shape, next, prev);  // last: it may have no room for that but in the node itself
  in_order();
}

/// The first of the list.
inline void unlink_first(robust_head& head, const robust_shape& shape) noexcept {
  std::byte* const next = next_of(without_mark(head.next));
  head.next = next;
  in_order();
  tell(head, shape, next, node_of(head));
  in_order();
}

}  // namespace robust
}  // namespace isthmus::detail
