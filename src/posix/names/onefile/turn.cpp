// SPDX-License-Identifier: MIT
#include "posix/names/turn.hpp"

namespace isthmus::detail {

turn::turn(const directory&, const char*, patience) noexcept {}

turn::~turn() = default;

unsigned turn_of(const char*) noexcept { return 0; }

}  // namespace isthmus::detail
