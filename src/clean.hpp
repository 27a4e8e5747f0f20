// SPDX-License-Identifier: MIT
//
// The contract between src/clean.cpp and the backends.
#pragma once

#include <isthmus/clean.hpp>

#include "failure.hpp"

namespace isthmus::detail {

enum class cleaning { remove, only_count };

/// `where` is session or global.
clean_result clean_scope(scope where, cleaning how, failure& why);

}  // namespace isthmus::detail
