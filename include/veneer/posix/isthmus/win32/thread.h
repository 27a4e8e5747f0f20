// SPDX-License-Identifier: MIT
//
// Threads.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define THREAD_QUERY_INFORMATION 0x40u
#define THREAD_ALL_ACCESS 0x1FFFFFu

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_API HANDLE WINAPI GetCurrentThread(VOID);
ISTHMUS_WIN32_API DWORD WINAPI GetCurrentThreadId(VOID);

ISTHMUS_WIN32_END
// NOLINTEND
