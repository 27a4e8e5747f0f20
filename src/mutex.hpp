// SPDX-License-Identifier: MIT
//
// The contract between src/mutex.cpp and the backends. Beside this each backend has a header
// `mutex_fast.hpp` with the inline part of lock and unlock, which the build file lets us find.
#pragma once

#include <isthmus/mutex.hpp>

#include "object.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// Which threads' latest acquisition through one handle was of an abandoned mutex. Almost always
/// empty, and then asking costs one load. No locks: a fork in another thread would leave them
/// locked.
class abandoned_notes {
 public:
  abandoned_notes() = default;
  abandoned_notes(const abandoned_notes&) = delete;
  abandoned_notes& operator=(const abandoned_notes&) = delete;
  ~abandoned_notes();
  [[nodiscard]] bool any() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }
  /// Notes how this thread's latest acquisition went.
  void note(bool abandoned) noexcept;
  /// Whether this thread's was of an abandoned one.
  [[nodiscard]] bool noted() const noexcept;

 private:
  struct entry {  // stays with the handle; used again when its thread needs it no more
    std::atomic<std::uint64_t> thread;
    entry* next;
  };
  [[nodiscard]] entry* find(std::uint64_t thread) const noexcept;

  std::atomic<entry*> first_ = nullptr;
  std::atomic<std::uint32_t> count_ = 0;
};

/// A handle. Backends derive their own from it.
struct mutex_state {
  object_info info;
  abandoned_notes notes;
};

struct mutex_request {
  verb how = verb::create;
  parsed_name name;
  bool initially_owned = false;
  isthmus::permissions permissions;
};

/// "No limit" for lock_mutex.
inline constexpr auto no_limit = std::chrono::nanoseconds::max();

mutex_state* make_mutex(const mutex_request& request, failure& why);
mutex_state* open_mutex(const parsed_name& name, isthmus::access rights, failure& why);
mutex_state* duplicate_mutex(const mutex_state& from, isthmus::access rights, failure& why);
/// Takes a native handle over; see include/isthmus/native.hpp.
mutex_state* adopt_mutex(native_handle_type handle, isthmus::access rights, failure& why);
creator_info mutex_creator(const mutex_state& from, failure& why);
native_handle_type mutex_handle(const mutex_state& from) noexcept;
/// Frees the state in any case.
void close_mutex_state(mutex_state* state, failure& why) noexcept;

/// What mutex_fast.hpp works on; nullptr where the fast way is closed (no right to wait, Win32).
void* mutex_word(mutex_state& state) noexcept;

/// signaled, abandoned, timeout, or failed with `why` set. The right to wait has been checked.
wait_status lock_mutex(mutex_state& state, std::chrono::nanoseconds limit, failure& why);
/// not_owner where this thread does not own it.
void unlock_mutex(mutex_state& state, failure& why);

std::optional<last_owner_info> mutex_last_owner(const mutex_state& state, failure& why);

}  // namespace isthmus::detail
