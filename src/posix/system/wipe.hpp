// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace isthmus::detail {

/// A page of zeroes that is zeroed again in every child, however it was forked; nullptr where the
/// system cannot do that.
void* make_wiped_page() noexcept;

/// This process's number as the kernel has it. For systems that cannot wipe: who asks for it again
/// and again notices every fork but one into another PID namespace that gives the same number.
pid_t ask_process_number() noexcept;

}  // namespace isthmus::detail
