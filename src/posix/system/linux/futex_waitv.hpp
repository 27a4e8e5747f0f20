// SPDX-License-Identifier: MIT
//
// The number of the call that sleeps on several words. Headers older than the kernel lack it. From
// 424 on, calls have been added in the same order on every architecture, though not everywhere from
// that number on.
#pragma once

#include <sys/syscall.h>

namespace isthmus::detail {

#if defined(SYS_futex_waitv)
inline constexpr long number_of_futex_waitv = SYS_futex_waitv;
#elif defined(SYS_pidfd_send_signal)
inline constexpr long number_of_futex_waitv = SYS_pidfd_send_signal + 25;
#else
inline constexpr long number_of_futex_waitv = -1;  // no call: ENOSYS
#endif

}  // namespace isthmus::detail
