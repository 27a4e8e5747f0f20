// SPDX-License-Identifier: MIT
//
// A program for Windows as it was written, also as C++ (windows_source.cpp). What goes wrong is
// told by its line.
#include <windows.h>

#include <handleapi.h>
#include <memoryapi.h>
#include <processthreadsapi.h>
#include <synchapi.h>
#include <tchar.h>

#include <stdio.h>

static int failures = 0;

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("line %d: %s (last error %lu)\n", __LINE__, #condition, \
             (unsigned long)GetLastError());                         \
      ++failures;                                                    \
    }                                                                \
  } while (0)

static DWORD WINAPI thread_main(LPVOID event) {
  return SetEvent((HANDLE)event) ? WaitForSingleObject((HANDLE)event, 0) : WAIT_FAILED;
}

int main(void) {
  const _TCHAR* text = _T("windows");
  const _TCHAR both[] = _T("two ") _TEXT("texts");
  HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, thread_main, event, 0, NULL);
  HANDLE memory = CreateFileMapping(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
  void* view = MapViewOfFile(memory, FILE_MAP_WRITE, 0, 0, 0);
  MEMORY_BASIC_INFORMATION facts;
  DWORD code = 1;

  CHECK(_tcslen(text) == 7 && sizeof both == 10 * sizeof(TCHAR));
  CHECK(event != NULL && thread != NULL && memory != NULL && view != NULL);
  CHECK(WaitForSingleObject(thread, 60000) == WAIT_OBJECT_0);
  CHECK(GetExitCodeThread(thread, &code) && code == WAIT_OBJECT_0);
  CHECK(VirtualQuery(view, &facts, sizeof facts) != 0 && facts.Protect == PAGE_READWRITE);
  CHECK(UnmapViewOfFile(view) && CloseHandle(memory) && CloseHandle(thread) && CloseHandle(event));
#ifndef UNICODE
  CHECK(_tcscmp(text, _T("windows")) == 0 && _ttoi(_T("12")) == 12);
#endif
  return failures != 0;
}
