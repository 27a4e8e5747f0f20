// SPDX-License-Identifier: MIT
//
// The contract between src/inspect.cpp and the backends.
#pragma once

#include <isthmus/inspect.hpp>

#include "failure.hpp"
#include "name.hpp"

#include <vector>

namespace isthmus::detail {

/// `where` is session or global. In no particular order.
std::vector<object_report> inspect_scope(scope where, failure& why);

object_report inspect_name(const parsed_name& name, failure& why);

system_report inspect_backend();

}  // namespace isthmus::detail
