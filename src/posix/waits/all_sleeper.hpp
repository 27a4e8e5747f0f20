// SPDX-License-Identifier: MIT
#pragma once

#include "posix/waits/give.hpp"
#include "posix/words/layout.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace isthmus::detail {

/// A wait for all as one of those who sleep on an object, in its `all` (give.hpp).
class all_sleeper {
 public:
  all_sleeper() = default;
  all_sleeper(const all_sleeper&) = delete;
  all_sleeper& operator=(const all_sleeper&) = delete;
  ~all_sleeper() {
    part();
    answer();
  }

  /// Adds us to the sleepers of this object. False: we have been called elsewhere, look again.
  bool join(dispatcher_state& state) noexcept {
    if (joined_ == &state) return !called();
    part();
    if (caller_ != nullptr) return false;
    std::uint32_t seen = state.all.load();
    while ((seen & all_word::sleepers) != all_word::sleepers) {
      if (!state.all.compare_exchange_weak(seen, seen + 1)) continue;
      joined_ = &state;
      called_ = all_word::called(seen);
      break;
    }
    return true;
  }
  /// Whether there was room for us.
  [[nodiscard]] bool has_joined() const noexcept { return joined_ != nullptr; }

  /// Whether those have been called among whom we are.
  bool called() noexcept {
    if (joined_ == nullptr || all_word::called(joined_->all.load()) == called_) return false;
    caller_ = std::exchange(joined_, nullptr);
    return true;
  }

  /// Whether we have been called, and have not answered.
  [[nodiscard]] bool was_called() const noexcept { return caller_ != nullptr; }
  /// How many had been called there before us, if we have been and have not answered.
  [[nodiscard]] std::optional<std::uint32_t> called_at(
      const dispatcher_state& state) const noexcept {
    return caller_ == &state ? std::optional(called_) : std::nullopt;
  }

  /// Whoever called us may go on: we have looked.
  void answer() noexcept {
    if (dispatcher_state* const caller = std::exchange(caller_, nullptr)) looked_again(*caller);
  }

 private:
  /// Takes us away again, unless we have been called.
  void part() noexcept {
    while (joined_ != nullptr && !called()) {
      std::uint32_t seen = joined_->all.load();
      if (all_word::called(seen) == called_ && joined_->all.compare_exchange_strong(seen, seen - 1))
        joined_ = nullptr;
    }
  }

  dispatcher_state* joined_ = nullptr;  // there we are among the sleepers, awake or not
  std::uint32_t called_ = 0;            // how many had been called there when we joined
  dispatcher_state* caller_ = nullptr;  // there somebody waits for us to have looked
};

}  // namespace isthmus::detail
