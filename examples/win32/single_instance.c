// SPDX-License-Identifier: MIT
//
// A program that runs once: a named mutex says whether it runs already. To show it, the program
// starts itself: while it runs, when it has ended, and when it has been killed.
#include <isthmus/win32.h>

#include <stdio.h>
#include <string.h>

#define INSTANCE_NAME "Local\\isthmus.single_instance"
#define ALIVE_NAME "Local\\isthmus.single_instance.alive"
#define PATIENCE 30000 /* ms */

static HANDLE instance;

/* Whether this is the only one; it then stays so until the handle is closed, or it dies. */
static BOOL IsOnlyInstance(void) {
  instance = CreateMutexA(NULL, FALSE, INSTANCE_NAME);
  if (instance != NULL && GetLastError() != ERROR_ALREADY_EXISTS) return TRUE;
  if (instance != NULL) CloseHandle(instance);
  instance = NULL;
  return FALSE;
}

static HANDLE StartAgain(const char* how) {
  char program[MAX_PATH], command[MAX_PATH + 32];
  STARTUPINFOA startup;
  PROCESS_INFORMATION process;

  GetModuleFileNameA(NULL, program, MAX_PATH);
  snprintf(command, sizeof command, "\"%s\" %s", program, how);
  ZeroMemory(&startup, sizeof startup);
  startup.cb = sizeof startup;
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
    printf("Could not start %s (%lu).\n", command, (unsigned long)GetLastError());
    return NULL;
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

static DWORD EndOf(HANDLE process) {
  DWORD code = 99;
  WaitForSingleObject(process, PATIENCE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

int main(int argc, char** argv) {
  HANDLE alive, other;

  if (argc > 1) { /* another one */
    if (!IsOnlyInstance()) {
      printf("  It runs already.\n");
      return 1;
    }
    printf("  I am the only one.\n");
    fflush(stdout);
    if (strcmp(argv[1], "stay") == 0) {
      alive = OpenEventA(EVENT_MODIFY_STATE, FALSE, ALIVE_NAME);
      SetEvent(alive);
      Sleep(PATIENCE);
    }
    return 0;
  }

  if (!IsOnlyInstance()) {
    printf("It runs already.\n");
    return 1;
  }
  printf("While I run:\n");
  printf("  It ended with %lu.\n", (unsigned long)EndOf(StartAgain("run")));
  CloseHandle(instance);
  printf("When I have given it up:\n");
  printf("  It ended with %lu.\n", (unsigned long)EndOf(StartAgain("run")));

  printf("When one that stays runs:\n");
  alive = CreateEventA(NULL, FALSE, FALSE, ALIVE_NAME);
  other = StartAgain("stay");
  WaitForSingleObject(alive, PATIENCE);
  printf("  It ended with %lu.\n", (unsigned long)EndOf(StartAgain("run")));
  printf("When that one has been killed:\n");
  TerminateProcess(other, 7);
  printf("  It ended with %lu.\n", (unsigned long)EndOf(other));
  printf("  It ended with %lu.\n", (unsigned long)EndOf(StartAgain("run")));
  CloseHandle(alive);
  return 0;
}
