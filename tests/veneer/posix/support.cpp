// SPDX-License-Identifier: MIT
#include "veneer/support.hpp"

namespace veneer_tests {

bool under_wine() { return false; }

}  // namespace veneer_tests
