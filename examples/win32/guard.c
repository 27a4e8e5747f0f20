// SPDX-License-Identifier: MIT
//
// A mutex between processes, and what its next owner learns when one died with it.
#include <isthmus/win32.h>

#include <stdio.h>

#define GUARD_NAME "Local\\isthmus.orders.guard"
#define PATIENCE 30000 /* ms */

static void Repair(void) { printf("Repaired what a dead process may have left half done.\n"); }

static BOOL ChangeOrders(DWORD patience) {
  // [guard]
  HANDLE guard = CreateMutexA(NULL, FALSE, GUARD_NAME);
  DWORD result = WaitForSingleObject(guard, patience);
  if (result == WAIT_ABANDONED) Repair();
  if (result == WAIT_OBJECT_0 || result == WAIT_ABANDONED) {
    printf("Changed the orders.\n");
    ReleaseMutex(guard);
  }
  CloseHandle(guard);
  // [end]
  return result != WAIT_TIMEOUT && result != WAIT_FAILED;
}

/* Starts this program once more, to die with the mutex, and waits for its end. */
static BOOL LetOneDie(void) {
  char program[MAX_PATH], command[MAX_PATH + 8];
  STARTUPINFOA startup;
  PROCESS_INFORMATION process;
  BOOL ended;

  GetModuleFileNameA(NULL, program, MAX_PATH);
  snprintf(command, sizeof command, "\"%s\" die", program);
  ZeroMemory(&startup, sizeof startup);
  startup.cb = sizeof startup;
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
    return FALSE;
  ended = WaitForSingleObject(process.hProcess, PATIENCE) == WAIT_OBJECT_0;
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return ended;
}

int main(int argc, char** argv) {
  HANDLE guard;
  (void)argv;

  guard = CreateMutexA(NULL, FALSE, GUARD_NAME); /* so that there is one when that one has died */
  if (argc > 1) {
    WaitForSingleObject(guard, PATIENCE);
    TerminateProcess(GetCurrentProcess(), 1);
  }
  if (!ChangeOrders(PATIENCE) || !LetOneDie()) return 1;
  printf("One has died with it.\n");
  fflush(stdout);
  if (!ChangeOrders(PATIENCE) || !ChangeOrders(PATIENCE)) return 1;
  CloseHandle(guard);
  return 0;
}
