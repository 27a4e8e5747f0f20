// SPDX-License-Identifier: MIT
#include "posix/names/lifetime.hpp"

namespace isthmus::detail {

const bool bytes_apart = false;
const unsigned turn_count = 0;
const bool global_names = true;
const std::string_view directory_prefix = "isthmus-";

}  // namespace isthmus::detail
