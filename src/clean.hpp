// SPDX-License-Identifier: MIT
//
// The contract between src/clean.cpp and the backends.
#pragma once

#include <isthmus/clean.hpp>

#include "failure.hpp"

namespace isthmus::detail {

/// `where` is session or global.
clean_result clean_scope(scope where, failure& why);

}  // namespace isthmus::detail
