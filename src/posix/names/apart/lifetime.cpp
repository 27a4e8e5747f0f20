// SPDX-License-Identifier: MIT
#include "posix/names/lifetime.hpp"

namespace isthmus::detail {

const bool bytes_apart = true;
const unsigned turn_count = 64;
const bool global_names = false;
const std::string_view directory_prefix = "isthmus-a-";

}  // namespace isthmus::detail
