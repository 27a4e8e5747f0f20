// SPDX-License-Identifier: MIT
//
// Semaphores: a count of permits, of which each wait takes one (SEM-02). Rights: SYNCHRONIZE to
// wait, SEMAPHORE_MODIFY_STATE to release (SEM-08). Permits have no owner: what a process had taken
// when it died is gone (SEM-07).
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define SEMAPHORE_QUERY_STATE 0x1u
#define SEMAPHORE_MODIFY_STATE 0x2u
#define SEMAPHORE_ALL_ACCESS 0x1F0003u

ISTHMUS_WIN32_BEGIN

// A new semaphore, or the one of this name as it is (ERROR_ALREADY_EXISTS). 0 <= initial <= most
// and most >= 1, or ERROR_INVALID_PARAMETER, whether it exists or not (SEM-01, CRE-08). `flags`
// must be 0 (SEM-12). For "no limit" say MAXLONG: LONG_MAX is more than a LONG here.
ISTHMUS_WIN32_API HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG initial,
                                                 LONG most, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG initial,
                                                 LONG most, LPCWSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG initial,
                                                   LONG most, LPCSTR name, DWORD flags,
                                                   DWORD rights);
ISTHMUS_WIN32_API HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG initial,
                                                   LONG most, LPCWSTR name, DWORD flags,
                                                   DWORD rights);

ISTHMUS_WIN32_API HANDLE WINAPI OpenSemaphoreA(DWORD rights, BOOL inheritable, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI OpenSemaphoreW(DWORD rights, BOOL inheritable, LPCWSTR name);

// Adds `more` permits, at least one; `before`, where it is not NULL, gets the count before that
// (SEM-03). Beyond the most: ERROR_TOO_MANY_POSTS, and nothing changes (SEM-04).
ISTHMUS_WIN32_API BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG more, LPLONG before);

ISTHMUS_WIN32_END

// A constant that a LONG cannot hold does not compile. The likely one is LONG_MAX, which is greater
// than every LONG on a system of 64 bits and would arrive as -1.
#ifdef __cplusplus
#define ISTHMUS_WIN32_FITS(count) (__builtin_constant_p(count) ? (count) <= 0x7FFFFFFF : true)
#else
#define ISTHMUS_WIN32_FITS(count) \
  __builtin_choose_expr(__builtin_constant_p(count), (count) <= 0x7FFFFFFF, 1)
#endif
#define ISTHMUS_WIN32_COUNT(count) \
  ((count) + 0 * (int)sizeof(char[(ISTHMUS_WIN32_FITS(count)) ? 1 : -1]))
#define CreateSemaphoreA(attributes, initial, most, name) \
  CreateSemaphoreA((attributes), ISTHMUS_WIN32_COUNT(initial), ISTHMUS_WIN32_COUNT(most), (name))
#define CreateSemaphoreW(attributes, initial, most, name) \
  CreateSemaphoreW((attributes), ISTHMUS_WIN32_COUNT(initial), ISTHMUS_WIN32_COUNT(most), (name))
#define CreateSemaphoreExA(attributes, initial, most, name, flags, rights)                  \
  CreateSemaphoreExA((attributes), ISTHMUS_WIN32_COUNT(initial), ISTHMUS_WIN32_COUNT(most), \
                     (name), (flags), (rights))
#define CreateSemaphoreExW(attributes, initial, most, name, flags, rights)                  \
  CreateSemaphoreExW((attributes), ISTHMUS_WIN32_COUNT(initial), ISTHMUS_WIN32_COUNT(most), \
                     (name), (flags), (rights))
#define ReleaseSemaphore(semaphore, more, before) \
  ReleaseSemaphore((semaphore), ISTHMUS_WIN32_COUNT(more), (before))

#define CreateSemaphore ISTHMUS_WIN32_FORM(CreateSemaphore)
#define CreateSemaphoreEx ISTHMUS_WIN32_FORM(CreateSemaphoreEx)
#define OpenSemaphore ISTHMUS_WIN32_FORM(OpenSemaphore)
// NOLINTEND
