// SPDX-License-Identifier: MIT
#include "rwlock.h"

#include <stdio.h>

static LPCSTR PartName(char* buffer, size_t size, LPCSTR name, LPCSTR part) {
  snprintf(buffer, size, "%s.%s", name, part);
  return buffer;
}

BOOL OpenRwLock(RWLOCK* lock, LPCSTR name) {
  char part[MAX_PATH];

  lock->mutex = CreateMutexA(NULL, FALSE, PartName(part, sizeof part, name, "mutex"));
  lock->readers =
      CreateSemaphoreA(NULL, 0, 0x7FFFFFFF, PartName(part, sizeof part, name, "readers"));
  lock->no_reader = CreateEventA(NULL, TRUE, TRUE, PartName(part, sizeof part, name, "no_reader"));
  if (lock->mutex != NULL && lock->readers != NULL && lock->no_reader != NULL) return TRUE;
  CloseRwLock(lock);
  return FALSE;
}

VOID CloseRwLock(RWLOCK* lock) {
  if (lock->mutex != NULL) CloseHandle(lock->mutex);
  if (lock->readers != NULL) CloseHandle(lock->readers);
  if (lock->no_reader != NULL) CloseHandle(lock->no_reader);
}

DWORD EnterRead(RWLOCK* lock, DWORD milliseconds) {
  LONG before = 0;
  DWORD result = WaitForSingleObject(lock->mutex, milliseconds);
  if (result != WAIT_OBJECT_0 && result != WAIT_ABANDONED) return result;
  ReleaseSemaphore(lock->readers, 1, &before);
  if (before == 0) ResetEvent(lock->no_reader);
  ReleaseMutex(lock->mutex);
  return result;
}

BOOL LeaveRead(RWLOCK* lock) {
  BOOL was_reader;
  DWORD result = WaitForSingleObject(lock->mutex, INFINITE);
  if (result != WAIT_OBJECT_0 && result != WAIT_ABANDONED) return FALSE;
  was_reader = WaitForSingleObject(lock->readers, 0) == WAIT_OBJECT_0;
  if (WaitForSingleObject(lock->readers, 0) == WAIT_OBJECT_0)
    ReleaseSemaphore(lock->readers, 1, NULL); /* there are more */
  else
    SetEvent(lock->no_reader);
  ReleaseMutex(lock->mutex);
  return was_reader;
}

DWORD EnterWrite(RWLOCK* lock, DWORD milliseconds) {
  HANDLE both[2];
  both[0] = lock->mutex;
  both[1] = lock->no_reader;
  return WaitForMultipleObjects(2, both, TRUE, milliseconds);
}

BOOL LeaveWrite(RWLOCK* lock) { return ReleaseMutex(lock->mutex); }
