// SPDX-License-Identifier: MIT
//
// What tests put at the library's step points. A hook belongs to a process: set it in the child.
#pragma once

#include "forked.hpp"

#include "posix/system/seam.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace white {

using isthmus::seam::step;

inline constexpr std::array<std::string_view, static_cast<int>(step::count)> step_names{
    "session_made",
    "session_wished",
    "session_alone",
    "session_named",
    "turn_taken",
    "create_file_made",
    "create_space_taken",
    "create_header_written",
    "create_bytes_named",
    "create_bytes_made",
    "create_locked",
    "create_published",
    "open_file_opened",
    "open_lock_asked",
    "open_stale_locked",
    "open_stale_checked",
    "open_stale_removed",
    "open_locked",
    "open_checked",
    "open_file_pinned",
    "close_unlocked",
    "close_locked",
    "close_checked",
    "close_bytes_removed",
    "close_removed",
    "close_reopened",
    "folder_made",
    "folder_named",
    "folder_emptied",
    "lock_taken_over",
    "unlock_before_wake",
    "enrol_record_published",
    "wait_entered",
    "wait_before_sleep",
    "wait_after_sleep",
    "wait_before_leave",
    "signal_before",
    "signal_given",
    "give_before_wake",
    "give_before_take_back",
    "call_before_wake",
    "call_unseen",
    "all_looked",
    "all_before_sleep",
    "all_one_reserved",
    "all_before_decision",
    "all_chained",
    "all_decided",
    "all_one_taken",
    "all_before_close",
    "guard_taken_over",
    "arm_schedule_written",
    "arm_switched",
    "expiry_before_wake",
    "listen_published",
    "listen_bound",
    "listen_socket_removed",
};
inline std::string_view name_of(step where) { return step_names[static_cast<std::size_t>(where)]; }

namespace hooks {

inline std::atomic<int> chosen = -1;  ///< the step that the hook is for
inline std::atomic<int> times = 1;    ///< how often it is to be reached first
inline std::function<bool()> holds;   ///< what must hold then, if anything
inline int sent = 0;                  ///< the signal that the process sends itself there
inline std::atomic<bool>* reached = nullptr;
inline std::atomic<bool>* go_on = nullptr;
inline std::atomic<int>* sleeps = nullptr;

inline void count(step where) {
  if (where == step::wait_before_sleep && sleeps != nullptr) ++*sleeps;
}

inline bool here(step where) {
  return static_cast<int>(where) == chosen && (!holds || holds()) && --times == 0;
}

inline void send_signal(step where) {
  count(where);
  if (!here(where)) return;
  chosen = -1;
  ::kill(getpid(), sent);
}

inline void pause(step where) {
  count(where);
  if (!here(where)) return;
  chosen = -1;
  reached->store(true);
  await([] { return go_on->load(); });
}

}  // namespace hooks

/// This process sends itself a signal when it comes to a step for the first, or the n-th time.
inline void signal_at(step where, int signal, int nth = 1) {
  hooks::sent = signal;
  hooks::times = nth;
  hooks::chosen = static_cast<int>(where);
  isthmus::seam::hook = hooks::send_signal;
}

/// The same when it comes there and `holds()` is true.
inline void signal_when(step where, int signal, std::function<bool()> holds) {
  hooks::holds = std::move(holds);
  signal_at(where, signal);
}

/// This process waits at a step until it is told to go on.
inline void pause_at(step where, std::atomic<bool>& reached, std::atomic<bool>& go_on) {
  hooks::times = 1;
  hooks::reached = &reached;
  hooks::go_on = &go_on;
  hooks::chosen = static_cast<int>(where);
  isthmus::seam::hook = hooks::pause;
}

/// From now on this process counts, in shared memory, how often it is about to sleep in a lock.
/// Whatever else it does at a step is set after this.
inline void count_sleeps(std::atomic<int>& in) {
  hooks::sleeps = &in;
  isthmus::seam::hook = hooks::count;
}

inline void no_hook() { isthmus::seam::hook = nullptr; }

}  // namespace white
