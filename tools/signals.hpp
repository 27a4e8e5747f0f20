// SPDX-License-Identifier: MIT
//
// What happens when this program is told to end while it has something to give back. One file for
// each system.
#pragma once

#include <isthmus/event.hpp>

#include <cstdint>

namespace tool {

/// While one of these exists, such a signal goes to the child, if there is one, and does nothing
/// else; without a child it sets an event that the program waits for. One at a time.
///
/// A signal that a terminal sends reaches the child by itself and is not sent twice. Signals that
/// were ignored when the program started still are.
class signal_relay {
 public:
  signal_relay();
  signal_relay(const signal_relay&) = delete;
  signal_relay& operator=(const signal_relay&) = delete;
  ~signal_relay();

  /// Set by a signal that had no child to go to.
  [[nodiscard]] isthmus::event& told_to_end() noexcept { return told_to_end_; }
  /// The exit code of a program that has been ended so.
  [[nodiscard]] int exit_code() const noexcept;

  /// From now on this process is the child; 0: there is none any more.
  void forward_to(std::uint32_t process) noexcept;

 private:
  isthmus::event told_to_end_;
};

}  // namespace tool
