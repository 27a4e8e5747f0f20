// SPDX-License-Identifier: MIT
//
// Mutexes: owned by a thread, as often as it has taken them (MTX-01, MTX-02); taken by waits, which
// need SYNCHRONIZE. When the owner ends without giving it back, the mutex is free again, and one
// wait says WAIT_ABANDONED (MTX-06 to MTX-10).
//
// Differs: after a fork, which Win32 does not have, the child owns none of its parent's mutexes.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define MUTANT_QUERY_STATE 0x1u
#define MUTEX_MODIFY_STATE 0x1u
#define MUTEX_ALL_ACCESS 0x1F0001u
#define MUTANT_ALL_ACCESS MUTEX_ALL_ACCESS
#define CREATE_MUTEX_INITIAL_OWNER 0x1u

ISTHMUS_WIN32_BEGIN

// A new mutex, or the one of this name as it is (ERROR_ALREADY_EXISTS), which is then not owned,
// whatever `owned` says (CRE-07).
ISTHMUS_WIN32_API HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL owned,
                                             LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL owned,
                                             LPCWSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name,
                                               DWORD flags, DWORD rights);
ISTHMUS_WIN32_API HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name,
                                               DWORD flags, DWORD rights);

ISTHMUS_WIN32_API HANDLE WINAPI OpenMutexA(DWORD rights, BOOL inheritable, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI OpenMutexW(DWORD rights, BOOL inheritable, LPCWSTR name);

// Gives one acquisition back; needs no right (MTX-04). By any other thread than the owner:
// ERROR_NOT_OWNER (MTX-03).
ISTHMUS_WIN32_API BOOL WINAPI ReleaseMutex(HANDLE mutex);

ISTHMUS_WIN32_END

#define CreateMutex ISTHMUS_WIN32_FORM(CreateMutex)
#define CreateMutexEx ISTHMUS_WIN32_FORM(CreateMutexEx)
#define OpenMutex ISTHMUS_WIN32_FORM(OpenMutex)
// NOLINTEND
