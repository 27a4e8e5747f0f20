// SPDX-License-Identifier: MIT
//
// Waitable timers. Rights: SYNCHRONIZE to wait, TIMER_MODIFY_STATE to set and cancel (TMR-14). A
// timer is made inactive and unset (TMR-01); there is one schedule for all who have it (TMR-17).
//
// Differs: there are no completion routines (TMR-12), because there are no APCs.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define TIMER_QUERY_STATE 0x1u
#define TIMER_MODIFY_STATE 0x2u
#define TIMER_ALL_ACCESS 0x1F0003u
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 0x1u
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x2u

typedef VOID(CALLBACK* PTIMERAPCROUTINE)(LPVOID argument, DWORD low, DWORD high);

ISTHMUS_WIN32_BEGIN

// A new timer, or the one of this name as it is (ERROR_ALREADY_EXISTS; CRE-10). It is unset by the
// wait that it satisfies, or, with `manual`, by SetWaitableTimer only (TMR-03, TMR-04). The
// resolution is always high.
ISTHMUS_WIN32_API HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
                                                     LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
                                                     LPCWSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES attributes,
                                                       LPCSTR name, DWORD flags, DWORD rights);
ISTHMUS_WIN32_API HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES attributes,
                                                       LPCWSTR name, DWORD flags, DWORD rights);

ISTHMUS_WIN32_API HANDLE WINAPI OpenWaitableTimerA(DWORD rights, BOOL inheritable, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI OpenWaitableTimerW(DWORD rights, BOOL inheritable, LPCWSTR name);

// Unsets the timer and sets it at `due`, in units of 100 ns: negative is from now, which no change
// of the wall clock moves; positive is a FILETIME (since 1601, UTC), which follows the wall clock
// (TMR-02, TMR-13). Then again every `period` ms; 0: not again (TMR-07). `routine` must be NULL:
// ERROR_NOT_SUPPORTED. With `resume` it succeeds, wakes no machine, and the last error is
// ERROR_NOT_SUPPORTED (TMR-15).
ISTHMUS_WIN32_API BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER* due, LONG period,
                                               PTIMERAPCROUTINE routine, LPVOID argument,
                                               BOOL resume);
// Takes the schedule away; whether the timer is set stays as it is (TMR-10).
ISTHMUS_WIN32_API BOOL WINAPI CancelWaitableTimer(HANDLE timer);

ISTHMUS_WIN32_END

#define CreateWaitableTimer ISTHMUS_WIN32_FORM(CreateWaitableTimer)
#define CreateWaitableTimerEx ISTHMUS_WIN32_FORM(CreateWaitableTimerEx)
#define OpenWaitableTimer ISTHMUS_WIN32_FORM(OpenWaitableTimer)
// NOLINTEND
