// SPDX-License-Identifier: MIT
#pragma once

#include "failure.hpp"

#include <isthmus/process.hpp>

#include <string>

namespace isthmus::detail {

/// The environment of a child, as CreateProcess wants it: sorted `name=value` texts, each ended by
/// a NUL, and one more NUL.
[[nodiscard]] std::wstring environment_block(const process_options& options,
                                             const std::string& hint, failure& why);

}  // namespace isthmus::detail
