// SPDX-License-Identifier: MIT
//
// System calls and allocations of this program that fail when a test says so.
#pragma once

#include <cstdint>

namespace white {

/// From now on this process's allocations fail from the n-th on (0: the next one), those of the C
/// library for a listing, too; until the object goes. `seen` counts them.
class no_memory_after {
 public:
  explicit no_memory_after(std::int64_t count) noexcept;
  no_memory_after(const no_memory_after&) = delete;
  no_memory_after& operator=(const no_memory_after&) = delete;
  ~no_memory_after();

  [[nodiscard]] static std::int64_t failed() noexcept;
};

/// Only the n-th fails (0: the next one), and those after it do not.
class one_failed_allocation {
 public:
  explicit one_failed_allocation(std::int64_t count) noexcept;
  one_failed_allocation(const one_failed_allocation&) = delete;
  one_failed_allocation& operator=(const one_failed_allocation&) = delete;
  ~one_failed_allocation();
};

/// As long as it lives, fcntl() fails with `error` for this command.
class failing_fcntl {
 public:
  failing_fcntl(int command, int error) noexcept;
  failing_fcntl(const failing_fcntl&) = delete;
  failing_fcntl& operator=(const failing_fcntl&) = delete;
  ~failing_fcntl();
};

}  // namespace white
