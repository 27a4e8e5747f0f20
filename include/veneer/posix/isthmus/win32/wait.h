// SPDX-License-Identifier: MIT
//
// Waits for one object, for any or for all of several: mutexes, semaphores, events, timers,
// processes, threads, by handles with SYNCHRONIZE. Times are in milliseconds; 0 only looks,
// INFINITE has no end; none ends early (WAIT-01). They do not touch the last error unless they
// fail (WAIT-15), and they change only what satisfied them (WAIT-03).
//
// Differs: there are no APCs, so waits that may be interrupted by them (`alertable`) are like all
// others (WAIT-16). A file cannot be waited for (ERROR_NOT_SUPPORTED), nor a section
// (ERROR_ACCESS_DENIED, as on Win32: SEC-32). An object that is waited for keeps its name until the
// wait has ended, even if its last handle is closed meanwhile (LIFE-07).
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

#define WAIT_OBJECT_0 0x0u
#define WAIT_ABANDONED 0x80u
#define WAIT_ABANDONED_0 0x80u
#define WAIT_IO_COMPLETION 0xC0u
#define WAIT_TIMEOUT 0x102u
#define WAIT_FAILED 0xFFFFFFFFu
#define MAXIMUM_WAIT_OBJECTS 64

ISTHMUS_WIN32_BEGIN

// WAIT_OBJECT_0, WAIT_ABANDONED (a mutex, now owned, whose owner died), WAIT_TIMEOUT or
// WAIT_FAILED. The handle of the current process or thread (of which the former is also
// INVALID_HANDLE_VALUE) is never satisfied (WAIT-14).
ISTHMUS_WIN32_API DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
ISTHMUS_WIN32_API DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds,
                                                     BOOL alertable);

// Any of 1 to 64: WAIT_OBJECT_0, or WAIT_ABANDONED_0, plus the lowest index that is ready at the
// start, and then that of the first one to become so (WAIT-05, WAIT-06, WAIT-09). With `all`:
// WAIT_OBJECT_0 or WAIT_ABANDONED_0 once all of them can be had, and are taken, at once (WAIT-07,
// WAIT-10); an object twice among them is ERROR_INVALID_PARAMETER (WAIT-12).
ISTHMUS_WIN32_API DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all,
                                                      DWORD milliseconds);
ISTHMUS_WIN32_API DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE* handles,
                                                        BOOL all, DWORD milliseconds,
                                                        BOOL alertable);

// Releases a mutex, adds one permit to a semaphore or sets an event, then waits (WAIT-17). Where
// the handle to wait for is not fit for it, nothing is signalled (WAIT-18).
ISTHMUS_WIN32_API DWORD WINAPI SignalObjectAndWait(HANDLE to_signal, HANDLE to_wait_for,
                                                   DWORD milliseconds, BOOL alertable);

ISTHMUS_WIN32_END
// NOLINTEND
