// SPDX-License-Identifier: MIT
//
// The memory of views: what VirtualQuery tells.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
