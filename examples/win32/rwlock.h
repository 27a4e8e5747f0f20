// SPDX-License-Identifier: MIT
//
// A lock for many readers or one writer, between threads and processes, made of three objects:
//
//   mutex      who has it may change the number of readers; a writer keeps it
//   readers    a semaphore whose count is the number of readers
//   no_reader  a manual event: set while that number is zero
//
// A writer waits for the mutex and the event at once, so it never has the one while it waits for
// the other. All three have names, so that any process that knows the lock's name may use it.
#pragma once

#include <isthmus/win32.h>

typedef struct RWLOCK {
  HANDLE mutex;
  HANDLE readers;
  HANDLE no_reader;
} RWLOCK;

/* Makes or opens the lock of this name, which is short. */
BOOL OpenRwLock(RWLOCK* lock, LPCSTR name);
VOID CloseRwLock(RWLOCK* lock);

/* WAIT_OBJECT_0, WAIT_ABANDONED (a writer has died in there), WAIT_TIMEOUT or WAIT_FAILED. */
DWORD EnterRead(RWLOCK* lock, DWORD milliseconds);
DWORD EnterWrite(RWLOCK* lock, DWORD milliseconds);
BOOL LeaveRead(RWLOCK* lock);
BOOL LeaveWrite(RWLOCK* lock);
