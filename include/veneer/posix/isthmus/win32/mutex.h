// SPDX-License-Identifier: MIT
//
// Mutexes.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define MUTANT_QUERY_STATE 0x1u
#define MUTEX_MODIFY_STATE 0x1u
#define MUTEX_ALL_ACCESS 0x1F0001u
#define CREATE_MUTEX_INITIAL_OWNER 0x1u

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
