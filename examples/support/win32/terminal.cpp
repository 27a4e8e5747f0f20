// SPDX-License-Identifier: MIT
#include "support/terminal.hpp"

#include <windows.h>

namespace support {

bool watched() noexcept {
  DWORD mode = 0;  // only a console has one
  return GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode) != 0;
}

}  // namespace support
