// SPDX-License-Identifier: MIT
//
// Numbers through a queue between processes: this program starts itself as producers and as
// consumers, whose exit codes say how it went.
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_NAME "Local\\isthmus.queue"
#define PRODUCERS 2
#define CONSUMERS 2
#define NUMBERS 100 /* from each producer: 1, 2, 3, ... */
#define MORE_THAN_ALL 1000000
#define PATIENCE 60000 /* ms */

static HANDLE Start(const char* how) {
  char program[MAX_PATH], command[MAX_PATH + 32];
  STARTUPINFOA startup;
  PROCESS_INFORMATION process;

  GetModuleFileNameA(NULL, program, MAX_PATH);
  snprintf(command, sizeof command, "\"%s\" %s", program, how);
  ZeroMemory(&startup, sizeof startup);
  startup.cb = sizeof startup;
  if (!CreateProcessA(program, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
    printf("Could not start %s (%lu).\n", command, (unsigned long)GetLastError());
    exit(1);
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

static int Produce(QUEUE* queue) {
  LONG number;
  for (number = 1; number <= NUMBERS; ++number)
    if (!Put(queue, number, PATIENCE)) return 1;
  return 0;
}

/* Up to a 0; gives what it has taken to the parent, through a second queue, as one number. */
static int Consume(QUEUE* queue) {
  QUEUE sums;
  LONG number, sum = 0, count = 0;

  while (Take(queue, &number, PATIENCE) && number != 0) {
    sum += number;
    ++count;
  }
  if (!OpenQueue(&sums, QUEUE_NAME ".sums")) return 1;
  if (!Put(&sums, count * MORE_THAN_ALL + sum, PATIENCE)) return 1;
  CloseQueue(&sums);
  return 0;
}

int main(int argc, char** argv) {
  QUEUE queue, sums;
  HANDLE processes[PRODUCERS + CONSUMERS];
  DWORD code;
  LONG number, failures = 0, count = 0, sum = 0;
  int i;

  if (!OpenQueue(&queue, QUEUE_NAME) || !OpenQueue(&sums, QUEUE_NAME ".sums")) {
    printf("No queue (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }
  if (argc > 1) return strcmp(argv[1], "produce") == 0 ? Produce(&queue) : Consume(&queue);

  printf("Empty: %s\n", Take(&queue, &number, 0) ? "something came" : "nothing to take");
  for (i = 1; i <= QUEUE_LENGTH; ++i) Put(&queue, i, 0);
  printf("Full: %s\n", Put(&queue, i, 0) ? "there was room" : "no room");
  for (i = 1; i <= QUEUE_LENGTH; ++i)
    if (!Take(&queue, &number, 0) || number != i) printf("Out of order.\n");

  for (i = 0; i < PRODUCERS; ++i) processes[i] = Start("produce");
  for (i = 0; i < CONSUMERS; ++i) processes[PRODUCERS + i] = Start("consume");
  WaitForMultipleObjects(PRODUCERS, processes, TRUE, PATIENCE);
  for (i = 0; i < CONSUMERS; ++i) Put(&queue, 0, PATIENCE);
  for (i = 0; i < CONSUMERS; ++i)
    if (Take(&sums, &number, PATIENCE)) {
      count += number / MORE_THAN_ALL;
      sum += number % MORE_THAN_ALL;
    }
  WaitForMultipleObjects(PRODUCERS + CONSUMERS, processes, TRUE, PATIENCE);
  for (i = 0; i < PRODUCERS + CONSUMERS; ++i) {
    GetExitCodeProcess(processes[i], &code);
    if (code != 0) ++failures;
    CloseHandle(processes[i]);
  }
  printf("%d producers and %d consumers: %ld failed\n", PRODUCERS, CONSUMERS, (long)failures);
  printf("%ld numbers, %ld in all\n", (long)count, (long)sum);
  CloseQueue(&sums);
  CloseQueue(&queue);
  return 0;
}
