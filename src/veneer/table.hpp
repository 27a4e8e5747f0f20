// SPDX-License-Identifier: MIT
//
// The table of this process's handles. A handle is four times its place, counted from one; the
// lowest free place is given next (LIFE-10).
//
// Looking a handle up takes no lock: it pins the place, and a place that is pinned keeps its entry
// even when the handle is closed meanwhile. Each place has one word: its state and the pins.
//
//   from      to        by
//   free      live      insert, which holds the lock
//   live      dying     close: nobody finds it from here on
//   dying     ending    whoever finds no pin left in it: close, or the last to unpin
//   ending    free      the same one, when it has deleted the entry
//   live      ending    replace, which finds no pin in it
//   ending    live      the same call, with another entry
//
// A pin may come and go in any state; in all but `live` it does not count as a look-up. After a
// fork the child has no pins, because the threads that held them are not there.
#pragma once

#include "entry.hpp"

#include <isthmus/win32.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace isthmus::veneer {

struct place {
  static constexpr std::uint64_t live = std::uint64_t{1} << 32;
  static constexpr std::uint64_t dying = std::uint64_t{2} << 32;
  static constexpr std::uint64_t ending = std::uint64_t{4} << 32;

  std::atomic<std::uint64_t> word{0};  ///< the state above 32 bits of pins
  entry* what = nullptr;               ///< from `live` on

  void unpin() noexcept {
    if (word.fetch_sub(1, std::memory_order_acq_rel) == dying + 1) end();
  }
  void end() noexcept;
};

/// The place of a handle, whether it is in use or not; none for what cannot be one.
[[nodiscard]] place* place_of(HANDLE handle) noexcept;

/// A look-up: as long as it lives, so does the entry.
class pin {
 public:
  explicit pin(HANDLE handle) noexcept : at_(place_of(handle)) {
    if (at_ == nullptr) return;
    if ((at_->word.fetch_add(1, std::memory_order_acquire) & place::live) != 0) return;
    at_->unpin();
    at_ = nullptr;
  }
  pin() noexcept = default;
  pin(pin&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
  pin& operator=(pin&& other) noexcept {
    std::swap(at_, other.at_);
    return *this;
  }
  ~pin() {
    if (at_ != nullptr) at_->unpin();
  }

  explicit operator bool() const noexcept { return at_ != nullptr; }
  entry* operator->() const noexcept { return at_->what; }
  entry& operator*() const noexcept { return *at_->what; }

 private:
  place* at_ = nullptr;
};

/// A handle for the entry, with these HANDLE_FLAG_…; nullptr and the last error where that fails.
[[nodiscard]] HANDLE insert(std::unique_ptr<entry> what, DWORD flags) noexcept;
/// The same with the value that it has in the process that this one has inherited it from.
bool insert_at(HANDLE handle, std::unique_ptr<entry> what, DWORD flags) noexcept;

/// Closes the handle and puts the entry in its place, so that the number stays: that number, or
/// nullptr where the handle is none, is protected, or is in use by another thread.
[[nodiscard]] HANDLE replace(HANDLE handle, std::unique_ptr<entry>& what, DWORD flags) noexcept;

/// Closes the handle; false where it is none, or protected.
bool close(HANDLE handle) noexcept;

/// Calls `look(HANDLE, entry&)` for each handle that is open, in order.
template <class Look>
void for_each_handle(Look&& look);

/// The number of places that have ever been in use: an upper limit for for_each_handle.
[[nodiscard]] std::size_t places() noexcept;
[[nodiscard]] inline HANDLE handle_at(std::size_t index) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers that look like pointers
  return reinterpret_cast<HANDLE>((index + 1) * 4);
}

template <class Look>
void for_each_handle(Look&& look) {
  for (std::size_t index = 0; index < places(); ++index) {
    const HANDLE handle = handle_at(index);
    if (const pin found(handle); found) look(handle, *found);
  }
}

}  // namespace isthmus::veneer
