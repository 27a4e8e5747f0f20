// SPDX-License-Identifier: MIT
//
// Step points: the places between two system calls at which a process might be killed or stopped.
// The tests' build of the library lets a test put something there; in every other build a step is
// nothing at all.
#pragma once

#include <cstdint>
#include <string_view>

namespace isthmus::seam {

enum class step {
  session_made,
  session_wished,
  session_alone,
  session_named,
  turn_taken,
  create_file_made,
  create_space_taken,
  create_header_written,
  create_bytes_named,
  create_bytes_made,
  create_locked,
  create_published,
  open_file_opened,
  open_lock_asked,
  open_stale_locked,
  open_stale_checked,
  open_stale_removed,
  open_locked,
  open_checked,
  open_file_pinned,
  close_unlocked,
  close_locked,
  close_checked,
  close_bytes_removed,
  close_removed,
  close_reopened,
  folder_made,
  folder_named,
  folder_emptied,
  lock_taken_over,
  unlock_before_wake,
  enrol_record_published,
  wait_entered,
  wait_before_sleep,
  wait_after_sleep,
  wait_before_leave,
  signal_before,
  signal_given,
  give_before_wake,
  give_before_take_back,
  call_before_wake,
  call_unseen,
  all_looked,
  all_before_sleep,
  all_one_reserved,
  all_before_decision,
  all_chained,
  all_decided,
  all_one_taken,
  all_before_close,
  guard_taken_over,
  arm_schedule_written,
  arm_switched,
  expiry_before_wake,
  listen_published,
  listen_bound,
  listen_socket_removed,
  count,
};

#ifdef ISTHMUS_SEAMS
using hook_type = void (*)(step);
extern hook_type hook;       // what a test has put there; nullptr: nothing
extern bool skip_link_test;  // the mutation: an opener that does not ask whether the name is gone
extern bool no_lists;        // threads own with records, as where there are no robust lists
extern bool skip_turn;       // the other one: who takes no turn where turns are taken
extern std::int64_t wall_shift;  // what has been added to the wall clock, in nanoseconds
extern std::string_view tag;     // part of the names of bytes apart from their anchors
inline void at(step where) {
  if (hook != nullptr) hook(where);
}
inline std::int64_t wall_clock_shift() { return wall_shift; }
inline std::string_view bytes_tag() noexcept { return tag; }
#else
inline constexpr bool skip_link_test = false;
inline constexpr bool no_lists = false;
inline constexpr bool skip_turn = false;
constexpr std::int64_t wall_clock_shift() noexcept { return 0; }
constexpr std::string_view bytes_tag() noexcept { return {}; }
constexpr void at(step) noexcept {}
#endif

}  // namespace isthmus::seam
