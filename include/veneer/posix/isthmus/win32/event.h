// SPDX-License-Identifier: MIT
//
// Events. Rights: SYNCHRONIZE to wait, EVENT_MODIFY_STATE to set, reset and pulse (EVT-10). Names
// are those of every kind of object (NAME-17). SetEvent may be called from a signal handler.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define EVENT_QUERY_STATE 0x1u
#define EVENT_MODIFY_STATE 0x2u
#define EVENT_ALL_ACCESS 0x1F0003u
#define CREATE_EVENT_MANUAL_RESET 0x1u
#define CREATE_EVENT_INITIAL_SET 0x2u

ISTHMUS_WIN32_BEGIN

// A new event, or the one of this name as it is (ERROR_ALREADY_EXISTS; CRE-09). It is unset by the
// wait that it satisfies, or, with `manual`, by ResetEvent only (EVT-01, EVT-02).
ISTHMUS_WIN32_API HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
                                             BOOL initially_set, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
                                             BOOL initially_set, LPCWSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name,
                                               DWORD flags, DWORD rights);
ISTHMUS_WIN32_API HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name,
                                               DWORD flags, DWORD rights);

ISTHMUS_WIN32_API HANDLE WINAPI OpenEventA(DWORD rights, BOOL inheritable, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI OpenEventW(DWORD rights, BOOL inheritable, LPCWSTR name);

ISTHMUS_WIN32_API BOOL WINAPI SetEvent(HANDLE event);
ISTHMUS_WIN32_API BOOL WINAPI ResetEvent(HANDLE event);
// Releases whoever waits now, and leaves the event unset (EVT-06); unreliable, as on Win32
// (EVT-08).
ISTHMUS_WIN32_API BOOL WINAPI PulseEvent(HANDLE event);

ISTHMUS_WIN32_END

#define CreateEvent ISTHMUS_WIN32_FORM(CreateEvent)
#define CreateEventEx ISTHMUS_WIN32_FORM(CreateEventEx)
#define OpenEvent ISTHMUS_WIN32_FORM(OpenEvent)
// NOLINTEND
