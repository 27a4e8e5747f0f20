// SPDX-License-Identifier: MIT
//
// Where a named section of memory has its bytes: in the anchor, or beside it (lifetime.hpp). Beside
// it they are a shared memory object whose name follows from the object's identity, which nobody
// can guess. First in, last out: the anchor, locked, names the bytes before they are made, and goes
// after they have been removed. So bytes that a crash has left are always those of some anchor that
// nobody holds, and who removes that, temporary or published, removes both.
#pragma once

#include "body.hpp"
#include "descriptor.hpp"
#include "failure.hpp"

#include <cstdint>
#include <string_view>

namespace isthmus::detail {

/// Fills the file of a new object, and makes the bytes in `bytes` where they are apart from it. On
/// failure there may be something for remove_bytes().
bool fill_named(int anchor, const blueprint& plan, std::string_view name, std::string_view where,
                descriptor& bytes, failure& why);

enum class bytes_state { here, gone, failed };

/// Finds the bytes of an object that is held, if they are apart. Gone: the object is as good as
/// dead.
bytes_state open_bytes(body& object, failure& why);

/// Whether a descriptor that has come from elsewhere is of the bytes of an object with these facts.
bool are_bytes_of(int fd, const object_facts& facts) noexcept;

/// Removes the bytes that belong to this anchor, which is being removed.
void remove_bytes(int anchor) noexcept;

/// The memory that an anchor and its bytes take up.
std::uint64_t memory_of(int anchor) noexcept;

}  // namespace isthmus::detail
