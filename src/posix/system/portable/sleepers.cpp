// SPDX-License-Identifier: MIT
#include "posix/system/sleepers.hpp"

namespace isthmus::detail {

std::optional<std::uint32_t> sleepers_on(const std::atomic<std::uint32_t>&) noexcept {
  return std::nullopt;
}

}  // namespace isthmus::detail
