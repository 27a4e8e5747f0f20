// SPDX-License-Identifier: MIT
//
// Readers and writers, threads of one process, who use one lock; what may not be is counted.
#include "rwlock.h"

#include <stdio.h>

#define READERS 3
#define WRITERS 2
#define ROUNDS 200
#define PATIENCE 60000 /* ms */

static RWLOCK the_lock;
static volatile LONG first_half, second_half; /* a writer changes both */
static HANDLE all_reading;                    /* a semaphore: readers who are inside at once */
static HANDLE go_on;                          /* a manual event */

static DWORD WINAPI Reader(LPVOID argument) {
  DWORD torn = 0;
  int i;
  (void)argument;

  if (EnterRead(&the_lock, PATIENCE) != WAIT_OBJECT_0) return 1000;
  ReleaseSemaphore(all_reading, 1, NULL);
  WaitForSingleObject(go_on, PATIENCE);
  LeaveRead(&the_lock);

  for (i = 0; i < ROUNDS; ++i) {
    if (EnterRead(&the_lock, PATIENCE) != WAIT_OBJECT_0) return 1000;
    if (first_half != second_half) ++torn;
    LeaveRead(&the_lock);
  }
  return torn;
}

static DWORD WINAPI Writer(LPVOID argument) {
  int i;
  (void)argument;

  for (i = 0; i < ROUNDS; ++i) {
    if (EnterWrite(&the_lock, PATIENCE) != WAIT_OBJECT_0) return 1000;
    first_half = first_half + 1;
    Sleep(0);
    second_half = second_half + 1;
    LeaveWrite(&the_lock);
  }
  return 0;
}

static DWORD WINAPI DyingWriter(LPVOID argument) {
  (void)argument;
  return EnterWrite(&the_lock, PATIENCE); /* and never leaves */
}

int main(void) {
  HANDLE threads[READERS + WRITERS], dying;
  DWORD code, problems = 0, id;
  int i;

  if (!OpenRwLock(&the_lock, "isthmus.rwlock")) {
    printf("No lock (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }
  all_reading = CreateSemaphoreA(NULL, 0, READERS, NULL);
  go_on = CreateEventA(NULL, TRUE, FALSE, NULL);

  for (i = 0; i < READERS; ++i) threads[i] = CreateThread(NULL, 0, Reader, NULL, 0, &id);
  for (i = 0; i < READERS; ++i) WaitForSingleObject(all_reading, PATIENCE);
  printf("%d readers are inside at once.\n", READERS);
  printf("A writer %s.\n", EnterWrite(&the_lock, 50) == WAIT_TIMEOUT ? "has to wait" : "came in");
  SetEvent(go_on);

  for (i = READERS; i < READERS + WRITERS; ++i)
    threads[i] = CreateThread(NULL, 0, Writer, NULL, 0, &id);
  if (WaitForMultipleObjects(READERS + WRITERS, threads, TRUE, PATIENCE) != WAIT_OBJECT_0) {
    printf("They do not come back.\n");
    return 1;
  }
  for (i = 0; i < READERS + WRITERS; ++i) {
    GetExitCodeThread(threads[i], &code);
    problems += code;
    CloseHandle(threads[i]);
  }
  printf("%d readers and %d writers have ended, with %lu problems.\n", READERS, WRITERS,
         (unsigned long)problems);
  printf("Written %ld and %ld times.\n", (long)first_half, (long)second_half);

  if (EnterWrite(&the_lock, PATIENCE) == WAIT_OBJECT_0) {
    HANDLE thread = CreateThread(NULL, 0, Reader, NULL, 0, &id);
    printf("While one writes, a reader %s.\n",
           WaitForSingleObject(all_reading, 50) == WAIT_TIMEOUT ? "has to wait" : "came in");
    LeaveWrite(&the_lock);
    WaitForSingleObject(thread, PATIENCE);
    CloseHandle(thread);
  }

  dying = CreateThread(NULL, 0, DyingWriter, NULL, 0, &id);
  WaitForSingleObject(dying, PATIENCE);
  CloseHandle(dying);
  printf("A writer ended without leaving, and the next one %s.\n",
         EnterWrite(&the_lock, PATIENCE) == WAIT_ABANDONED ? "is told" : "does not know");
  LeaveWrite(&the_lock);

  CloseHandle(all_reading);
  CloseHandle(go_on);
  CloseRwLock(&the_lock);
  return 0;
}
