// SPDX-License-Identifier: MIT
//
// The contract between src/mutex.cpp and the backends, beside src/dispatcher.hpp. Each backend also
// has a header `mutex_fast.hpp` with the inline part of lock and unlock, which the build file lets
// us find.
#pragma once

#include <isthmus/mutex.hpp>

#include "dispatcher.hpp"

#include <optional>

namespace isthmus::detail {

/// not_owner where this thread does not own it.
void unlock_mutex(dispatcher& state, failure& why);

std::optional<last_owner_info> mutex_last_owner(const dispatcher& state, failure& why);

}  // namespace isthmus::detail
