// SPDX-License-Identifier: MIT
//
// Win32 has no short ways: each of these is the system's call.
#pragma once

#include "dispatcher.hpp"

#include <cstdint>

namespace isthmus::detail {

enum class glance { ready, empty, unclear };

constexpr bool fast_acquire(void*) noexcept { return false; }
constexpr bool fast_release(const dispatcher*, void*, std::int32_t, std::int32_t&) noexcept {
  return false;
}
constexpr bool fast_set(const dispatcher*, void*) noexcept { return false; }
constexpr bool fast_wait(void*) noexcept { return false; }
constexpr glance fast_glance(const void*) noexcept { return glance::unclear; }

}  // namespace isthmus::detail
