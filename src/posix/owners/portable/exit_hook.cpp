// SPDX-License-Identifier: MIT
#include "posix/system/exit_code.hpp"

namespace isthmus::detail {

void call_at_exit(void (*)(std::int32_t)) noexcept {}  // handlers of atexit() do not learn the code

}  // namespace isthmus::detail
