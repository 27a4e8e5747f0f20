// SPDX-License-Identifier: MIT
//
// Where a named section of memory has its bytes: in the anchor, or beside it (lifetime.hpp). Beside
// it they are a shared memory object whose name follows from the object's identity, which nobody
// can guess. First in, last out: the anchor, locked, names the bytes before they are made, and goes
// after they have been removed. So bytes that a crash has left are always those of some anchor that
// nobody holds, and who removes that, temporary or published, removes both.
#pragma once

#include "posix/system/descriptor.hpp"

#include <array>
#include <cstdint>

namespace isthmus::detail {

/// Opens the bytes of an object of this identity, which are apart; empty with errno.
descriptor open_bytes_apart(const std::array<std::uint64_t, 2>& identity, int mode) noexcept;

/// Removes the bytes that belong to this anchor, which is being removed.
void remove_bytes(int anchor) noexcept;

/// The memory that an anchor and its bytes take up.
std::uint64_t memory_of(int anchor) noexcept;

}  // namespace isthmus::detail
