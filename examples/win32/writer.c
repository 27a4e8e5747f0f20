// SPDX-License-Identifier: MIT
//
// The first of the classic pair: makes named memory, writes lines into it, one after the other, and
// waits until the reader has each. Start both, in any order.
#include "pair.h"

#include <stdio.h>

int main(void) {
  static const TCHAR* const lines[LINES] = {TEXT("Message from the first process."),
                                            TEXT("It is in memory that both see."),
                                            TEXT("There is no more to come.")};
  HANDLE mapping, written, read;
  TCHAR* buffer;
  int i;

  mapping = CreateFileMapping(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                              BUFFER_SIZE * sizeof(TCHAR), MAPPING_NAME);
  if (mapping == NULL) {
    printf("Could not create the file mapping (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }
  buffer = (TCHAR*)MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, BUFFER_SIZE * sizeof(TCHAR));
  if (buffer == NULL) {
    printf("Could not map a view (%lu).\n", (unsigned long)GetLastError());
    CloseHandle(mapping);
    return 1;
  }
  written = CreateEvent(NULL, FALSE, FALSE, WRITTEN_NAME);
  read = CreateEvent(NULL, FALSE, FALSE, READ_NAME);
  if (written == NULL || read == NULL) {
    printf("Could not create the events (%lu).\n", (unsigned long)GetLastError());
    return 1;
  }

  for (i = 0; i < LINES; ++i) {
    SIZE_T length = 0;
    while (lines[i][length] != 0) ++length;
    CopyMemory(buffer, lines[i], (length + 1) * sizeof(TCHAR));
    if (SignalObjectAndWait(written, read, PATIENCE, FALSE) != WAIT_OBJECT_0) {
      printf("Nobody has read line %d.\n", i + 1);
      return 1;
    }
    printf("Line %d has been read.\n", i + 1);
  }

  UnmapViewOfFile(buffer);
  CloseHandle(mapping);
  CloseHandle(written);
  CloseHandle(read);
  return 0;
}
