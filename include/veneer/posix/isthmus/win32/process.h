// SPDX-License-Identifier: MIT
//
// Processes.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define PROCESS_TERMINATE 0x1u
#define PROCESS_DUP_HANDLE 0x40u
#define PROCESS_QUERY_INFORMATION 0x400u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u
#define PROCESS_ALL_ACCESS 0x1FFFFFu

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_API HANDLE WINAPI GetCurrentProcess(VOID);
ISTHMUS_WIN32_API DWORD WINAPI GetCurrentProcessId(VOID);

ISTHMUS_WIN32_END
// NOLINTEND
