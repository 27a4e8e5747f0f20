// SPDX-License-Identifier: MIT
//
// Compiled only: what a LONG cannot hold is no count of a semaphore.
#include <isthmus/win32.h>

#include <limits.h>

enum { many = 7 };
HANDLE made(LONG number, DWORD natural, const LONG* place);
HANDLE made(LONG number, DWORD natural, const LONG* place) {
  LONG moving = 1;
  static const LONG limit = 5;
  HANDLE semaphore = CreateSemaphore(NULL, 0, MAXLONG, NULL);
  semaphore = CreateSemaphoreExW(NULL, number, many, NULL, 0, SEMAPHORE_ALL_ACCESS);
  semaphore = CreateSemaphoreW(NULL, *place, INT_MAX, NULL);
  semaphore = CreateSemaphoreA(NULL, moving++, (LONG)natural, "name");
  ReleaseSemaphore(semaphore, number + 1, &moving);
#ifdef TOO_LARGE
  semaphore = CreateSemaphore(NULL, 0, LONG_MAX, NULL);
#endif
  return number == 0 ? semaphore : CreateSemaphoreExA(NULL, 0, limit, NULL, 0, SYNCHRONIZE);
}
