// SPDX-License-Identifier: MIT
#pragma once

#include "posix/objects/body.hpp"

#include <string_view>

namespace isthmus::detail {

/// Takes a new object's space and writes its header (and first state). `where` is for messages.
bool fill(int fd, const blueprint& plan, std::string_view name, std::string_view where,
          failure& why);

/// Takes the page of a header that stands alone, and writes it.
bool fill_header(int fd, const object_facts& facts, std::string_view name, std::string_view where,
                 failure& why);

/// Bytes of an anchor in front of its header.
std::uint64_t bytes_before(const object_facts& facts) noexcept;

}  // namespace isthmus::detail
