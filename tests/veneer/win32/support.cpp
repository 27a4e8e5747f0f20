// SPDX-License-Identifier: MIT
#include "veneer/support.hpp"

namespace veneer_tests {

bool under_wine() {
  static const bool wine =
      GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != nullptr;
  return wine;
}

}  // namespace veneer_tests
