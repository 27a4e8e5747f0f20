// SPDX-License-Identifier: MIT
#pragma once

#include "body.hpp"
#include "section.hpp"

#include <memory>

namespace isthmus::detail {

struct posix_section : section_state {
  std::shared_ptr<body> object;
};

}  // namespace isthmus::detail
