// SPDX-License-Identifier: MIT
#pragma once

#include "posix/waits/registration.hpp"
#include "posix/waits/watch_list.hpp"

#include <optional>

namespace isthmus::detail {

/// A wait for all among those who wait for its missing object alone: where there are any, all that
/// is given goes to them, and it would never see a permit. So it registers as they do.
class line_place {
 public:
  line_place() = default;
  line_place(const line_place&) = delete;
  line_place& operator=(const line_place&) = delete;
  ~line_place() { leave(); }

  /// Stands in the line if there is one, and prepares the sleep there. False: look again.
  bool stand(member& object, watch_list& list) noexcept;
  /// nullptr: not in a line.
  [[nodiscard]] registration* registered() noexcept { return ours_ ? &*ours_ : nullptr; }
  /// What was granted and not reserved goes to the next in line.
  void leave() noexcept;

 private:
  std::optional<registration> ours_;
};

}  // namespace isthmus::detail
