// SPDX-License-Identifier: MIT
//
// Semaphores.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define SEMAPHORE_QUERY_STATE 0x1u
#define SEMAPHORE_MODIFY_STATE 0x2u
#define SEMAPHORE_ALL_ACCESS 0x1F0003u

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
