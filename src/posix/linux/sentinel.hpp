// SPDX-License-Identifier: MIT
#pragma once

namespace isthmus::detail {

/// What the end of a thread told of the kernel.
enum class list_trial { marks, ignores, not_told };

/// Whether the kernel marks what an ending thread has in its list. There are emulators that take
/// the list and do nothing with it. A thread is made for it that is nobody's: it registers a list
/// of one word and ends. Costs some 30 µs. Not told where no thread can be made.
[[nodiscard]] list_trial try_list() noexcept;

}  // namespace isthmus::detail
