// SPDX-License-Identifier: MIT
//
// A source of TEXT() and of names without suffix, compiled with and without UNICODE. What goes
// wrong is told by its line.
#include <isthmus/win32.h>

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

#define GREETING TEXT("from ") TEXT("TEXT")

static BOOL same(LPCTSTR one, LPCTSTR other) {
  while (*one != 0 && *one == *other) ++one, ++other;
  return *one == *other;
}

/// Puts the number behind the text, so that nobody else has the name.
static LPCTSTR name_of(LPTSTR buffer, LPCTSTR stem) {
  TCHAR* end = buffer;
  DWORD number = GetCurrentProcessId();
  while (*stem != 0) *end++ = *stem++;
  for (; number != 0; number /= 10) *end++ = (TCHAR)(TEXT('0') + number % 10);
  *end = 0;
  return buffer;
}

int main(int count, char** values) {
  TCHAR name[64], path[1000], line[1100];
  HANDLE made, opened;
  LPTSTR view;
  STARTUPINFO how;
  PROCESS_INFORMATION process;
  DWORD code = 1;
  (void)values;
  if (count > 1) return same(GetCommandLine(), TEXT("")) ? 8 : 7;

  made = CreateEvent(NULL, TRUE, TRUE, name_of(name, TEXT("isthmus.text.event.")));
  opened = OpenEvent(SYNCHRONIZE, FALSE, name);
  CHECK(made != NULL && opened != NULL && WaitForSingleObject(opened, 0) == WAIT_OBJECT_0);
  CHECK(CreateMutex(NULL, FALSE, name) == NULL && GetLastError() == ERROR_INVALID_HANDLE);
  CHECK(CloseHandle(made) && CloseHandle(opened));

  made = CreateFileMapping(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256, name);
  CHECK(made != NULL && GetLastError() == ERROR_SUCCESS);
  opened = OpenFileMapping(FILE_MAP_WRITE, FALSE, name);
  CHECK(opened != NULL);
  view = (LPTSTR)MapViewOfFile(opened, FILE_MAP_WRITE, 0, 0, 0);
  CHECK(view != NULL);
  if (view != NULL) {
    CopyMemory(view, GREETING, sizeof(GREETING));
    CHECK(same(view, GREETING) && lstrlen(view) == 9);
    CHECK(sizeof(GREETING) == 10 * sizeof(TCHAR));
    CHECK(UnmapViewOfFile(view));
  }
  CHECK(CloseHandle(made) && CloseHandle(opened));

  CHECK(SetEnvironmentVariable(TEXT("ISTHMUS_TEXT"), GREETING));
  CHECK(GetEnvironmentVariable(TEXT("ISTHMUS_TEXT"), path, 1000) == 9 && same(path, GREETING));
  CHECK(GetTempPath(1000, path) != 0);

  ZeroMemory(&how, sizeof how);
  how.cb = sizeof how;
  CHECK(GetModuleFileName(NULL, path, 1000) != 0);
  name_of(line, TEXT("child "));
  CHECK(CreateProcess(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &process));
  CHECK(WaitForSingleObject(process.hProcess, 30000) == WAIT_OBJECT_0);
  CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 7);
  CHECK(CloseHandle(process.hProcess) && CloseHandle(process.hThread));
  return failures == 0 ? 0 : 1;
}
