// SPDX-License-Identifier: MIT
#pragma once

#include "posix/objects/body.hpp"
#include "section.hpp"

#include <memory>

namespace isthmus::detail {

struct posix_section : section_state {
  std::shared_ptr<body> object;
};

/// A handle to what has come from another process. Nobody gets a right that the pages' protection
/// or the descriptor forbids; one that cannot write gets a descriptor that cannot.
section_state* handle_to_section(std::shared_ptr<body> object, access rights, failure& why);

}  // namespace isthmus::detail
