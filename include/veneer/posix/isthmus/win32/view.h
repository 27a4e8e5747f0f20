// SPDX-License-Identifier: MIT
//
// Views of sections.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
