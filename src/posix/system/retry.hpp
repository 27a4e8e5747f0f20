// SPDX-License-Identifier: MIT
//
// The one place that knows of EINTR: a signal handler that ran is no reason to fail.
#pragma once

#include <cerrno>

namespace isthmus::detail {

/// Whether a call that failed was interrupted by a signal. For calls that need not be made again.
inline bool interrupted() noexcept { return errno == EINTR; }

/// Calls again while a signal interrupted the call. `call` gives -1 and sets errno on failure; one
/// with a time limit works the rest of it out anew each time.
template <class Call>
auto retry(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

/// The same for calls that return the error number.
template <class Call>
int retry_code(Call call) {
  for (;;) {
    const int result = call();
    if (result != EINTR) return result;
  }
}

}  // namespace isthmus::detail
