// SPDX-License-Identifier: MIT
#include "support/thread_state.hpp"

namespace support {

thread_number this_thread() noexcept { return {}; }

thread_state state_of(thread_number) { return thread_state::unknown; }

}  // namespace support
