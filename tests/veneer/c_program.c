// SPDX-License-Identifier: MIT
//
// A C99 program that uses some functions of every part of the header. What goes wrong is told by
// its line.
#include <isthmus/win32.h>

#include <stdio.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("line %d: %s (last error %lu)\n", __LINE__, #condition, \
             (unsigned long)GetLastError());                         \
      ++failures;                                                    \
    }                                                                \
  } while (0)

enum { patience = 30000 };

static HANDLE guard;

static DWORD WINAPI sets(LPVOID event) {
  if (WaitForSingleObject(guard, patience) != WAIT_OBJECT_0) return 1;
  SetEvent(event);
  return 42;  // still owning the mutex
}

static void threads_and_waits(void) {
  SECURITY_DESCRIPTOR descriptor;
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
  HANDLE event, thread, both[2];
  DWORD code = 0;
  CHECK(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
  CHECK(SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
  attributes.lpSecurityDescriptor = &descriptor;
  guard = CreateMutexA(&attributes, FALSE, NULL);
  event = CreateEventA(NULL, TRUE, FALSE, NULL);
  CHECK(guard != NULL && event != NULL && GetLastError() == ERROR_SUCCESS);
  thread = CreateThread(NULL, 0, sets, event, CREATE_SUSPENDED, NULL);
  CHECK(thread != NULL);
  CHECK(WaitForSingleObject(event, 10) == WAIT_TIMEOUT);
  CHECK(ResumeThread(thread) == 1);
  both[0] = event;
  both[1] = thread;
  CHECK(WaitForMultipleObjects(2, both, TRUE, patience) == WAIT_OBJECT_0);
  CHECK(GetExitCodeThread(thread, &code) && code == 42);
  CHECK(WaitForSingleObject(guard, 0) == WAIT_ABANDONED);
  CHECK(ReleaseMutex(guard));
  CHECK(!ReleaseMutex(guard) && GetLastError() == ERROR_NOT_OWNER);
  CHECK(CloseHandle(thread) && CloseHandle(event) && CloseHandle(guard));
  SetLastError(0);
  CHECK(!CloseHandle(NULL) && GetLastError() == ERROR_INVALID_HANDLE);
}

static void counts_and_times(void) {
  HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
  HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
  LARGE_INTEGER due, frequency;
  LONG before = -1;
  ULONGLONG start = GetTickCount64();
  due.QuadPart = -200000;  // 20 ms
  CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
  CHECK(WaitForSingleObject(timer, patience) == WAIT_OBJECT_0);
  Sleep(1);
  CHECK(GetTickCount64() - start < patience);
  CHECK(QueryPerformanceFrequency(&frequency) && frequency.QuadPart > 0);
  CHECK(ReleaseSemaphore(semaphore, 1, &before) && before == 1);
  CHECK(!ReleaseSemaphore(semaphore, 1, NULL) && GetLastError() == ERROR_TOO_MANY_POSTS);
  CHECK(CloseHandle(semaphore) && CloseHandle(timer));
}

static void memory_and_files(void) {
  char folder[MAX_PATH], path[MAX_PATH + 40], text[6] = "";
  HANDLE file, mapping, copy = NULL;
  MEMORY_BASIC_INFORMATION info;
  DWORD count = 0;
  char* view;
  CHECK(GetTempPathA(sizeof folder, folder) != 0);
  snprintf(path, sizeof path, "%sisthmus-c-%lu", folder, (unsigned long)GetCurrentProcessId());
  file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                     FILE_ATTRIBUTE_NORMAL, NULL);
  CHECK(file != INVALID_HANDLE_VALUE);
  CHECK(WriteFile(file, "hello", 5, &count, NULL) && count == 5);
  mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
  CHECK(mapping != NULL);
  CHECK(DuplicateHandle(GetCurrentProcess(), mapping, GetCurrentProcess(), &copy, FILE_MAP_READ,
                        FALSE, 0));
  view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
  CHECK(view != NULL);
  if (view != NULL) {
    CHECK(VirtualQuery(view, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT);
    CHECK(memcmp(view, "hello", 5) == 0);
    view[0] = 'j';
    CHECK(FlushViewOfFile(view, 0) && UnmapViewOfFile(view));
  }
  CHECK(SetFilePointer(file, 0, NULL, FILE_BEGIN) == 0);
  CHECK(ReadFile(file, text, 5, &count, NULL) && strcmp(text, "jello") == 0);
  CHECK(CloseHandle(copy) && CloseHandle(mapping) && CloseHandle(file) && DeleteFileA(path));
}

static void texts(void) {
  WCHAR wide[8];
  char narrow[8];
  CHECK(MultiByteToWideChar(CP_UTF8, 0, "caf\xC3\xA9", -1, wide, 8) == 5);
  CHECK(wide[3] == 0xE9 && lstrlenW(wide) == 4);
  CHECK(WideCharToMultiByte(CP_UTF8, 0, wide, -1, narrow, 8, NULL, NULL) == 6);
  CHECK(strcmp(narrow, "caf\xC3\xA9") == 0);
}

static int in_child(const char* value) {
  unsigned long long number = 0;
  return sscanf(value, "%llu", &number) == 1 && SetEvent((HANDLE)(ULONG_PTR)number) ? 5 : 6;
}

static void processes(void) {
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, TRUE};
  HANDLE event = CreateEventA(&attributes, TRUE, FALSE, NULL);
  char path[1000], line[1100];
  STARTUPINFOA how;
  PROCESS_INFORMATION made;
  DWORD code = 0;
  ZeroMemory(&how, sizeof how);
  how.cb = sizeof how;
  CHECK(GetModuleFileNameA(NULL, path, sizeof path) != 0);
  snprintf(line, sizeof line, "\"%s\" %llu", path, (unsigned long long)(ULONG_PTR)event);
  CHECK(CreateProcessA(path, line, NULL, NULL, TRUE, 0, NULL, NULL, &how, &made));
  CHECK(WaitForSingleObject(made.hProcess, patience) == WAIT_OBJECT_0);
  CHECK(GetExitCodeProcess(made.hProcess, &code) && code == 5);
  CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
  CHECK(CloseHandle(made.hProcess) && CloseHandle(made.hThread) && CloseHandle(event));
}

int main(int count, char** values) {
  if (count > 1) return in_child(values[1]);
  threads_and_waits();
  counts_and_times();
  memory_and_files();
  texts();
  processes();
  return failures == 0 ? 0 : 1;
}
