// SPDX-License-Identifier: MIT
//
// Types, constants and macros that programs expect beside the functions, with their values. What
// goes wrong is told by its line.
#include <isthmus/win32.h>

#include <stdio.h>

static int failures = 0;

#define CHECK(condition)                             \
  do {                                               \
    if (!(condition)) {                              \
      printf("line %d: %s\n", __LINE__, #condition); \
      ++failures;                                    \
    }                                                \
  } while (0)

struct pair {
  char first;
  LONG second;
};

static DWORD __stdcall in_standard_manner(DWORD number) { return number; }

static void types(void) {
  LONGLONG many = -1;
  ULONGLONG most = ~(ULONGLONG)0;
  long long* place = &many; /* whatever an int64_t is here */
  unsigned long long* natural = &most;
  LARGE_INTEGER whole;
  ULARGE_INTEGER natural_whole;

  CHECK(*place == many && *natural == most);
  CHECK(sizeof(INT8) == 1 && sizeof(UINT8) == 1 && sizeof(INT16) == 2 && sizeof(UINT16) == 2);
  CHECK(sizeof(INT32) == 4 && sizeof(UINT32) == 4 && sizeof(LONG32) == 4 && sizeof(DWORD32) == 4);
  CHECK(sizeof(INT64) == 8 && sizeof(UINT64) == 8 && sizeof(LONG64) == 8 && sizeof(DWORD64) == 8);
  CHECK(sizeof(SSIZE_T) == sizeof(void*) && sizeof(WPARAM) == sizeof(void*));
  CHECK(sizeof(LPARAM) == sizeof(void*) && sizeof(HRESULT) == 4 && (HRESULT)-1 < 0);
  whole.QuadPart = -2;
  CHECK(whole.LowPart == 0xFFFFFFFEu && whole.HighPart == -1 && whole.u.HighPart == -1);
  natural_whole.LowPart = 7;
  natural_whole.HighPart = 0x80000000u;
  CHECK(natural_whole.QuadPart == 0x8000000000000007u && natural_whole.u.LowPart == 7);
  CHECK(in_standard_manner(MAXLONG) == 0x7FFFFFFFu);
}

DECLARE_HANDLE(HTHING);

typedef char FAR* FAR_TEXT;
typedef int(PASCAL* in_pascal_manner)(IN int number, OUT int* result, OPTIONAL void* more);
static int(PASCAL twice)(IN int number, OUT int* result, OPTIONAL void* more) {
  *result = 2 * number;
  return more == NULL;
}
static INT_PTR WINAPI distant(void) { return 5; }
FORCEINLINE int inlined(int number) { return number + 1; }

static void names(void) {
  char path[_MAX_PATH];
  FAR_TEXT text = path;
  unsigned __int64 most = ~(unsigned __int64)0;
  in_pascal_manner call = twice;
  FARPROC procedure = distant;
  HTHING thing = NULL;
  HWND window = NULL;
  int result = 0;

  CHECK(sizeof path == 260 && text == path && sizeof most == 8 && most + 1 == 0);
  CHECK(call(21, &result, NULL) && result == 42 && procedure() == 5 && inlined(1) == 2);
  CHECK(thing == NULL && window == NULL && sizeof window == sizeof(void*));
  CHECK(S_OK == 0 && S_FALSE == 1 && SUCCEEDED(S_FALSE) && FAILED(E_FAIL) && !SUCCEEDED(E_FAIL));
  CHECK(HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) == E_ACCESSDENIED);
  CHECK(HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE) == E_HANDLE);
  CHECK(HRESULT_FROM_WIN32(ERROR_OUTOFMEMORY) == E_OUTOFMEMORY);
  CHECK(HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER) == E_INVALIDARG);
  CHECK(HRESULT_FROM_WIN32(ERROR_SUCCESS) == S_OK && HRESULT_FROM_WIN32(E_FAIL) == E_FAIL);
  CHECK(HRESULT_CODE(E_HANDLE) == 6 && HRESULT_FACILITY(E_HANDLE) == FACILITY_WIN32);
  CHECK(E_NOTIMPL == (HRESULT)0x80004001u && E_POINTER == (HRESULT)0x80004003u);
  CHECK(E_ABORT == (HRESULT)0x80004004u && E_UNEXPECTED == (HRESULT)0x8000FFFFu);
  CHECK(sizeof(NTSTATUS) == 4 && (NTSTATUS)-1 < 0);
  CHECK(MEM_TOP_DOWN == 0x100000 && TLS_OUT_OF_INDEXES == 0xFFFFFFFFu);
  CHECK(ERROR_PROC_NOT_FOUND == 127);
}

static void macros(void) {
  struct pair both = {1, 2};
  int numbers[5] = {1, 2, 3, 4, 5};
  LONG* const second = &both.second;

  CHECK(LOWORD(0x12345678u) == 0x5678 && HIWORD(0x12345678u) == 0x1234);
  CHECK(LOBYTE(0x1234) == 0x34 && HIBYTE(0x1234) == 0x12);
  CHECK(MAKEWORD(0x34, 0x12) == 0x1234 && MAKELONG(0x5678, 0x8234) == (LONG)0x82345678u);
  CHECK(Int32x32To64(-100000, 100000) == -10000000000LL);
  CHECK(UInt32x32To64(4000000000u, 2) == 8000000000ULL);
  CHECK(ARRAYSIZE(numbers) == 5);
  CHECK(FIELD_OFFSET(struct pair, second) == 4);
  CHECK(CONTAINING_RECORD(second, struct pair, second) == &both);
  CHECK(SecureZeroMemory(numbers, sizeof numbers) == numbers && numbers[0] == 0 && numbers[4] == 0);
  YieldProcessor();
  MemoryBarrier();
}

static void constants(void) {
  CHECK(ERROR_INVALID_DATA == 13 && ERROR_LOCK_VIOLATION == 33 && ERROR_SEM_TIMEOUT == 121);
  CHECK(ERROR_PIPE_BUSY == 231 && ERROR_NO_DATA == 232 && ERROR_PIPE_NOT_CONNECTED == 233);
  CHECK(ERROR_MORE_DATA == 234 && ERROR_OPERATION_ABORTED == 995 && ERROR_IO_INCOMPLETE == 996);
  CHECK(ERROR_IO_PENDING == 997 && ERROR_NOT_FOUND == 1168 && ERROR_TIMEOUT == 1460);
  CHECK(FILE_ATTRIBUTE_DIRECTORY == 0x10 && INVALID_FILE_ATTRIBUTES == 0xFFFFFFFFu);
  CHECK(FILE_LIST_DIRECTORY == 0x1 && FILE_READ_EA == 0x8 && FILE_WRITE_EA == 0x10);
  CHECK(MEM_IMAGE == 0x1000000 && FILE_MAP_LARGE_PAGES == 0x20000000);
  CHECK(STANDARD_RIGHTS_READ == 0x20000 && STANDARD_RIGHTS_WRITE == 0x20000);
  CHECK(STANDARD_RIGHTS_EXECUTE == 0x20000 && STANDARD_RIGHTS_ALL == 0x1F0000);
  CHECK(MUTANT_ALL_ACCESS == 0x1F0001 && MUTANT_ALL_ACCESS == MUTEX_ALL_ACCESS);
  CHECK(PROCESS_CREATE_THREAD == 0x2 && PROCESS_VM_OPERATION == 0x8 && PROCESS_VM_READ == 0x10);
  CHECK(PROCESS_VM_WRITE == 0x20 && PROCESS_CREATE_PROCESS == 0x80);
  CHECK(PROCESS_SET_INFORMATION == 0x200 && PROCESS_SUSPEND_RESUME == 0x800);
  CHECK(CREATE_BREAKAWAY_FROM_JOB == 0x1000000 && STARTF_USESIZE == 2 && STARTF_USEPOSITION == 4);
  CHECK(SW_HIDE == 0 && SW_SHOWNORMAL == 1 && SW_SHOW == 5 && SW_MINIMIZE == 6);
  CHECK(CP_OEMCP == 1 && CP_THREAD_ACP == 3 && MINLONG == 0x80000000u);
}

int main(void) {
  types();
  names();
  macros();
  constants();
  return failures != 0;
}
