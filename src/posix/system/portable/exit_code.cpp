// SPDX-License-Identifier: MIT
//
// waitid() tells what there is: all 32 bits on FreeBSD.
#include "posix/system/exit_code.hpp"

namespace isthmus::detail {

handed_code::~handed_code() = default;

handed_code handed_code::of(pid_t) noexcept { return {}; }

std::optional<std::int32_t> handed_code::get(pid_t) const noexcept { return std::nullopt; }

std::optional<std::int32_t> code_handed_by(pid_t) noexcept { return std::nullopt; }

void hand_over(std::int32_t) noexcept {}

void renew_exit_page() noexcept {}

void forget_exit_page() noexcept {}

}  // namespace isthmus::detail
