// SPDX-License-Identifier: MIT
//
// Handles: numbers of this process, multiples of four, of which the lowest free one is given next
// (LIFE-10). Each has its own rights, its own mark for children to inherit it, and its own mark
// against being closed. A handle may be closed while another thread uses it (LIFE-08: what that
// thread's call then does is its own, but the object stays until the call has ended).
//
// Differs: duplicates are made within this process only (HARD-26: any other is
// ERROR_NOT_SUPPORTED). To pass an object to a running process, open it by name there, let it be
// inherited, or use isthmus::channel.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

#define HANDLE_FLAG_INHERIT 1u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 2u
#define DUPLICATE_CLOSE_SOURCE 1u
#define DUPLICATE_SAME_ACCESS 2u

ISTHMUS_WIN32_BEGIN

// Gives a handle up; the object goes with the last one (LIFE-01). A number that is no handle, or
// one that is marked against it: ERROR_INVALID_HANDLE (LIFE-09).
ISTHMUS_WIN32_API BOOL WINAPI CloseHandle(HANDLE handle);

// Another handle to the same object, with the same or other rights: fewer always, more where the
// object's permissions give them (DUP-01 to DUP-06, DUP-09 to DUP-11). With DUPLICATE_CLOSE_SOURCE
// the number stays, unless the source is protected or another thread is using it.
ISTHMUS_WIN32_API BOOL WINAPI DuplicateHandle(HANDLE from_process, HANDLE from, HANDLE to_process,
                                              LPHANDLE made, DWORD rights, BOOL inheritable,
                                              DWORD options);

ISTHMUS_WIN32_API BOOL WINAPI GetHandleInformation(HANDLE handle, LPDWORD flags);
ISTHMUS_WIN32_API BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags);

ISTHMUS_WIN32_END
// NOLINTEND
