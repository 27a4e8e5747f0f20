// SPDX-License-Identifier: MIT
//
// Who this thread is as the owner of one mutex: its token, by its list or by a record.
#pragma once

#include "failure.hpp"

#include <cstdint>

namespace isthmus::detail {

struct dispatcher;

/// This thread as an owner of that mutex; enrols it if need be. 0 on failure.
std::uint64_t owner_for(const dispatcher& mutex, failure& why);
/// The same without enrolling: 0 where it owns nothing for sure.
std::uint64_t known_owner_for(const dispatcher& mutex) noexcept;

}  // namespace isthmus::detail
