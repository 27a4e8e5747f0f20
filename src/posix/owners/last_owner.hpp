// SPDX-License-Identifier: MIT
#pragma once

#include "posix/owners/record.hpp"
#include "posix/words/layout.hpp"

#include <isthmus/mutex.hpp>

#include <optional>

namespace isthmus::detail {

/// Notes who died. Only the mutex's owner may.
void write_last_owner(last_owner_record& into, const owner_name& dead) noexcept;

/// Absent where nobody has died or nothing is known of it.
std::optional<last_owner_info> read_last_owner(const last_owner_record& from);

}  // namespace isthmus::detail
