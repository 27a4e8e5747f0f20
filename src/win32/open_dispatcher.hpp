// SPDX-License-Identifier: MIT
#pragma once

#include "dispatcher.hpp"
#include "win32/handle.hpp"

namespace isthmus::detail {

struct win32_dispatcher : dispatcher {
  unique_handle handle;
};

}  // namespace isthmus::detail
