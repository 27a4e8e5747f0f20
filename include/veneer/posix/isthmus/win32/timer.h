// SPDX-License-Identifier: MIT
//
// Waitable timers.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define TIMER_QUERY_STATE 0x1u
#define TIMER_MODIFY_STATE 0x2u
#define TIMER_ALL_ACCESS 0x1F0003u
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 0x1u
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x2u

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
