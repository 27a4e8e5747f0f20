// SPDX-License-Identifier: MIT
//
// Critical sections: locks of one process, which a thread may take again while it has them. They
// are no objects: nothing waits for several of them, and the end of a thread leaves them taken.
// Never put one into a view; between processes there are mutexes.
//
// Differs: spinning is left to the system, so spin counts are ignored.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

typedef struct _RTL_CRITICAL_SECTION {
  ULONG_PTR Reserved[8];
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_API void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section);
ISTHMUS_WIN32_API BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section,
                                                                    DWORD spins);
// Nobody may have it or wait for it.
ISTHMUS_WIN32_API void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section);

ISTHMUS_WIN32_API void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section);
// FALSE: another thread has it.
ISTHMUS_WIN32_API BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section);
// Once for each time that this thread has entered.
ISTHMUS_WIN32_API void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section);

ISTHMUS_WIN32_END
// NOLINTEND
