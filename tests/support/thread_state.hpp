// SPDX-License-Identifier: MIT
//
// What the system says of a thread. "Not back after a moment" does not show that a thread waits: on
// a busy machine it may not even have come to its wait. One file for each system implements it.
#pragma once

#include "support/limits.hpp"

#include <cstdint>
#include <string>

namespace support {

/// A thread, as the system numbers it, so that other threads and processes can look at it.
struct thread_number {
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
};

[[nodiscard]] thread_number this_thread() noexcept;

/// The two numbers as text, for a pipe, and back.
[[nodiscard]] std::string to_text(thread_number number);
[[nodiscard]] thread_number thread_number_of(const std::string& text);

enum class thread_state {
  busy,     ///< it runs, is about to, or sleeps over something that is not the library's
  waits,    ///< it sleeps in a wait of the library, and nothing has woken it
  naps,     ///< it sleeps for a short time, as the waits of the portable engine do
  unknown,  ///< the system does not tell
};

[[nodiscard]] thread_state state_of(thread_number number);

/// Whether a thread comes to a wait of the library and sleeps there, before `back()`, which says
/// that it has returned. Where the system does not tell, whether it is not back after a moment.
template <class Back>
[[nodiscard]] bool comes_to_sleep(thread_number number, Back back) {
  auto state = thread_state::busy;
  int seen = 0;  // twice in a row: it may have been on its way
  (void)eventually([&] {
    state = state_of(number);
    seen = state == thread_state::waits ? seen + 1 : 0;
    return seen == 2 || state == thread_state::naps || state == thread_state::unknown || back();
  });
  if (seen == 2) return !back();
  return state != thread_state::busy && !eventually(back, moment);
}

}  // namespace support
