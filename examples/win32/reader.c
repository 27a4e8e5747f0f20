// SPDX-License-Identifier: MIT
//
// The second of the classic pair: waits for the writer, and shows what it has written.
#include "pair.h"

#include <stdio.h>

static void show(const TCHAR* text) {
  for (; *text != 0; ++text) putchar((char)*text); /* the lines are plain ASCII */
  putchar('\n');
}

int main(void) {
  HANDLE mapping, written, read;
  const TCHAR* buffer;
  int i;

  /* Whoever comes first makes the events. */
  written = CreateEvent(NULL, FALSE, FALSE, WRITTEN_NAME);
  read = CreateEvent(NULL, FALSE, FALSE, READ_NAME);
  if (written == NULL || read == NULL) {
    printf("Could not create the events (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }
  if (WaitForSingleObject(written, PATIENCE) != WAIT_OBJECT_0) {
    printf("There is no writer.\n");
    return 1;
  }
  mapping = OpenFileMapping(FILE_MAP_READ, FALSE, MAPPING_NAME);
  if (mapping == NULL) {
    printf("Could not open the file mapping (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }
  buffer = (const TCHAR*)MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
  CloseHandle(mapping); /* the view is enough */
  if (buffer == NULL) {
    printf("Could not map a view (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }

  for (i = 0; i < LINES; ++i) {
    if (i > 0 && WaitForSingleObject(written, PATIENCE) != WAIT_OBJECT_0) {
      printf("The writer has gone.\n");
      return 1;
    }
    show(buffer);
    SetEvent(read);
  }

  UnmapViewOfFile(buffer);
  CloseHandle(written);
  CloseHandle(read);
  return 0;
}
