// SPDX-License-Identifier: MIT
//
// Time, this program's place, temporary files, the environment, lengths of texts. Lengths of texts
// are in characters, as ever.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

ISTHMUS_WIN32_BEGIN

// Sleeps at least so long; INFINITE: for ever. 0 gives the rest of the time slice away.
ISTHMUS_WIN32_API VOID WINAPI Sleep(DWORD milliseconds);
// Differs: there are no procedures that could be called meanwhile, so `alertable` means nothing.
ISTHMUS_WIN32_API DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable);
// Differs: TRUE always, as nobody can tell whether another thread was there.
ISTHMUS_WIN32_API BOOL WINAPI SwitchToThread(VOID);

// Milliseconds of a clock that only goes forward. The short one starts again every 49.7 days.
ISTHMUS_WIN32_API DWORD WINAPI GetTickCount(VOID);
ISTHMUS_WIN32_API ULONGLONG WINAPI GetTickCount64(VOID);
// The same clock at its finest, and its steps per second.
ISTHMUS_WIN32_API BOOL WINAPI QueryPerformanceCounter(PLARGE_INTEGER count);
ISTHMUS_WIN32_API BOOL WINAPI QueryPerformanceFrequency(PLARGE_INTEGER frequency);
// The wall clock: 100 ns since the beginning of 1601.
ISTHMUS_WIN32_API VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME time);

// The folder for temporary files, with a slash at its end: TMPDIR, or /tmp. The length; or, where
// the buffer is too short, the size that it needs. Without asking whether there is such a folder.
ISTHMUS_WIN32_API DWORD WINAPI GetTempPathA(DWORD size, LPSTR buffer);
ISTHMUS_WIN32_API DWORD WINAPI GetTempPathW(DWORD size, LPWSTR buffer);

// This program's file. A buffer that is too short gets what it can take, ended by a zero, and
// ERROR_INSUFFICIENT_BUFFER. Differs: there are no other modules, ERROR_MOD_NOT_FOUND.
ISTHMUS_WIN32_API DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR buffer, DWORD size);
ISTHMUS_WIN32_API DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD size);

// A variable's value: its length; the size that it needs, where the buffer is too short; 0 and
// ERROR_ENVVAR_NOT_FOUND, where there is none. Differs: upper and lower case matter. NULL takes a
// variable away. Setting one races with other threads that look at any, as on every POSIX system.
ISTHMUS_WIN32_API DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size);
ISTHMUS_WIN32_API DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size);
ISTHMUS_WIN32_API BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value);
ISTHMUS_WIN32_API BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);

// Units before the zero; 0 for NULL.
ISTHMUS_WIN32_API int WINAPI lstrlenA(LPCSTR text);
ISTHMUS_WIN32_API int WINAPI lstrlenW(LPCWSTR text);

ISTHMUS_WIN32_END

#define GetTempPath ISTHMUS_WIN32_FORM(GetTempPath)
#define GetModuleFileName ISTHMUS_WIN32_FORM(GetModuleFileName)
#define GetEnvironmentVariable ISTHMUS_WIN32_FORM(GetEnvironmentVariable)
#define SetEnvironmentVariable ISTHMUS_WIN32_FORM(SetEnvironmentVariable)
#define lstrlen ISTHMUS_WIN32_FORM(lstrlen)
// NOLINTEND
