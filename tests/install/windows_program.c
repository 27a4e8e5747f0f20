/* SPDX-License-Identifier: MIT */
/* A stranger's program in C, written for Windows but for the line that includes. */
#include <isthmus/win32.h>

int main(void) {
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
  int* number = section != NULL ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0) : NULL;
  if (number == NULL) return (int)GetLastError();
  *number = 42;
  return UnmapViewOfFile(number) && CloseHandle(section) ? 0 : 1;
}
