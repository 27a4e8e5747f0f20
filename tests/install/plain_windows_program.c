/* SPDX-License-Identifier: MIT */
/* A stranger's program as it was written for Windows, in C and C++. */
#include <windows.h>

#include <synchapi.h>
#include <tchar.h>

int main(void) {
  HANDLE event = CreateEvent(NULL, TRUE, TRUE, _T("plain windows program"));
  const _TCHAR* text = _T("text");
  if (event == NULL || _tcslen(text) != 4) return 1;
  return WaitForSingleObject(event, 0) == WAIT_OBJECT_0 && CloseHandle(event) ? 0 : 1;
}
