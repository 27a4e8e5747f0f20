// SPDX-License-Identifier: MIT
#include "posix/system/tsan.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier): the sanitizer's names
extern "C" {
[[gnu::weak, gnu::visibility("default")]] void __tsan_acquire(void* address);
[[gnu::weak, gnu::visibility("default")]] void __tsan_release(void* address);
}

namespace isthmus::detail::tsan {

const note acquire = __tsan_acquire;
const note release = __tsan_release;
// NOLINTEND(bugprone-reserved-identifier)

}  // namespace isthmus::detail::tsan
