// SPDX-License-Identifier: MIT
//
// Room for an object's bytes: see names/bytes_apart.hpp for where they are.
#pragma once

#include "failure.hpp"
#include "posix/objects/body.hpp"
#include "posix/system/descriptor.hpp"

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

}  // namespace isthmus::detail
