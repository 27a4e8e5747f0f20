// SPDX-License-Identifier: MIT
//
// Processes: start a program with what it inherits, wait for its end beside all other objects,
// learn its exit code, end it by force. A process handle is signalled from the end on (WAIT-03).
//
// Inheritance. With `inherit`, a program that is linked with isthmus-win32 has every inheritable
// handle to a section, mutex, semaphore, event, timer or file at the same value, with the same
// rights, and inheritable again (INH-01, INH-02); how it learns the value is its own affair
// (INH-03). They are there before main, whether or not it asks, and count as handles (INH-07).
// Nothing else crosses, and without `inherit` nothing at all.
//
// Differs: handles to processes and threads do not cross. An exit code has all 32 bits where the
// process is linked with isthmus and ends by ExitProcess, TerminateProcess of itself, exit() or the
// return of main (on Linux with glibc); of others it is what POSIX keeps of it, the low 8 bits. It
// is 128 plus the signal's number for a death by signal.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define PROCESS_TERMINATE 0x1u
#define PROCESS_CREATE_THREAD 0x2u
#define PROCESS_VM_OPERATION 0x8u
#define PROCESS_VM_READ 0x10u
#define PROCESS_VM_WRITE 0x20u
#define PROCESS_DUP_HANDLE 0x40u
#define PROCESS_CREATE_PROCESS 0x80u
#define PROCESS_SET_INFORMATION 0x200u
#define PROCESS_QUERY_INFORMATION 0x400u
#define PROCESS_SUSPEND_RESUME 0x800u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u
#define PROCESS_ALL_ACCESS 0x1FFFFFu

#define STILL_ACTIVE 259u

#define DEBUG_PROCESS 0x1u
#define DEBUG_ONLY_THIS_PROCESS 0x2u
#define CREATE_SUSPENDED 0x4u
#define DETACHED_PROCESS 0x8u
#define CREATE_NEW_CONSOLE 0x10u
#define NORMAL_PRIORITY_CLASS 0x20u
#define IDLE_PRIORITY_CLASS 0x40u
#define HIGH_PRIORITY_CLASS 0x80u
#define REALTIME_PRIORITY_CLASS 0x100u
#define BELOW_NORMAL_PRIORITY_CLASS 0x4000u
#define ABOVE_NORMAL_PRIORITY_CLASS 0x8000u
#define CREATE_NEW_PROCESS_GROUP 0x200u
#define CREATE_UNICODE_ENVIRONMENT 0x400u
#define EXTENDED_STARTUPINFO_PRESENT 0x80000u
#define CREATE_BREAKAWAY_FROM_JOB 0x1000000u
#define CREATE_DEFAULT_ERROR_MODE 0x4000000u
#define CREATE_NO_WINDOW 0x8000000u

#define STARTF_USESHOWWINDOW 0x1u
#define STARTF_USESIZE 0x2u
#define STARTF_USEPOSITION 0x4u
#define STARTF_USESTDHANDLES 0x100u
#define SW_HIDE 0
#define SW_SHOWNORMAL 1
#define SW_SHOW 5
#define SW_MINIMIZE 6

#define PROC_THREAD_ATTRIBUTE_HANDLE_LIST ((DWORD_PTR)0x20002u)

typedef struct _PROCESS_INFORMATION {
  HANDLE hProcess;
  HANDLE hThread;
  DWORD dwProcessId;
  DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

typedef struct _STARTUPINFOA {
  DWORD cb;
  LPSTR lpReserved;
  LPSTR lpDesktop;
  LPSTR lpTitle;
  DWORD dwX;
  DWORD dwY;
  DWORD dwXSize;
  DWORD dwYSize;
  DWORD dwXCountChars;
  DWORD dwYCountChars;
  DWORD dwFillAttribute;
  DWORD dwFlags;
  WORD wShowWindow;
  WORD cbReserved2;
  LPBYTE lpReserved2;
  HANDLE hStdInput;
  HANDLE hStdOutput;
  HANDLE hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
  DWORD cb;
  LPWSTR lpReserved;
  LPWSTR lpDesktop;
  LPWSTR lpTitle;
  DWORD dwX;
  DWORD dwY;
  DWORD dwXSize;
  DWORD dwYSize;
  DWORD dwXCountChars;
  DWORD dwYCountChars;
  DWORD dwFillAttribute;
  DWORD dwFlags;
  WORD wShowWindow;
  WORD cbReserved2;
  LPBYTE lpReserved2;
  HANDLE hStdInput;
  HANDLE hStdOutput;
  HANDLE hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;

typedef struct _PROC_THREAD_ATTRIBUTE_LIST *PPROC_THREAD_ATTRIBUTE_LIST,
    *LPPROC_THREAD_ATTRIBUTE_LIST;

typedef struct _STARTUPINFOEXA {
  STARTUPINFOA StartupInfo;
  LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXA, *LPSTARTUPINFOEXA;

typedef struct _STARTUPINFOEXW {
  STARTUPINFOW StartupInfo;
  LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXW, *LPSTARTUPINFOEXW;

ISTHMUS_WIN32_BEGIN

// Starts a program. `application` is its file; without one the first word of `line` is, which is
// looked for beside this program, in the current directory and where the system looks for commands.
// The rest of `line` becomes its arguments by the rules of the C runtime for quotes and
// backslashes. `environment` is a block of "name=value" texts, each ended by a zero, with another
// zero behind the last: of WCHAR with CREATE_UNICODE_ENVIRONMENT, of char without, in both forms.
// With STARTF_USESTDHANDLES the standard streams lead where the three file handles do.
//
// Differs: no extension is added, and `line` is not changed. The program's name for itself is its
// path, not the first word of `line`. hThread is signalled when the process ends. CREATE_SUSPENDED
// and debugging are ERROR_NOT_SUPPORTED; what concerns windows, consoles, process groups and
// priorities is ignored.
ISTHMUS_WIN32_API BOOL WINAPI CreateProcessA(LPCSTR application, LPSTR line,
                                             LPSECURITY_ATTRIBUTES process_attributes,
                                             LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit,
                                             DWORD flags, LPVOID environment, LPCSTR directory,
                                             LPSTARTUPINFOA how, LPPROCESS_INFORMATION made);
ISTHMUS_WIN32_API BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR line,
                                             LPSECURITY_ATTRIBUTES process_attributes,
                                             LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit,
                                             DWORD flags, LPVOID environment, LPCWSTR directory,
                                             LPSTARTUPINFOW how, LPPROCESS_INFORMATION made);

// A list for STARTUPINFOEX of the inheritable handles that cross alone of all (INH-04). There is no
// other attribute, whatever room for some was asked for. The array of handles must live as long as
// the list.
ISTHMUS_WIN32_API BOOL WINAPI InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list,
                                                                DWORD count, DWORD flags,
                                                                PSIZE_T size);
ISTHMUS_WIN32_API BOOL WINAPI UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST list,
                                                        DWORD flags, DWORD_PTR attribute,
                                                        PVOID value, SIZE_T size, PVOID previous,
                                                        PSIZE_T previous_size);
ISTHMUS_WIN32_API VOID WINAPI DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list);

// A process that runs, by its number: to wait for it (SYNCHRONIZE), ask about it or end it.
ISTHMUS_WIN32_API HANDLE WINAPI OpenProcess(DWORD rights, BOOL inheritable, DWORD id);

// STILL_ACTIVE as long as it runs. Differs: of a process that was neither started nor terminated by
// this one nobody can tell, ERROR_NOT_SUPPORTED, unless it is linked with isthmus and says it
// itself.
ISTHMUS_WIN32_API BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code);

// Ends it at once, without its consent. Differs: who asks in another process than this reads 137.
ISTHMUS_WIN32_API BOOL WINAPI TerminateProcess(HANDLE process, UINT code);

// Ends this process as `exit` does, so that handlers of atexit run.
ISTHMUS_WIN32_API VOID WINAPI ExitProcess(UINT code) __attribute__((noreturn));

ISTHMUS_WIN32_API HANDLE WINAPI GetCurrentProcess(VOID);  // DuplicateHandle makes it a real one
ISTHMUS_WIN32_API DWORD WINAPI GetCurrentProcessId(VOID);
ISTHMUS_WIN32_API DWORD WINAPI GetProcessId(HANDLE process);

// This program's name and arguments, quoted so that they can be split again.
ISTHMUS_WIN32_API LPSTR WINAPI GetCommandLineA(VOID);
ISTHMUS_WIN32_API LPWSTR WINAPI GetCommandLineW(VOID);

ISTHMUS_WIN32_END

#define CreateProcess ISTHMUS_WIN32_FORM(CreateProcess)
#define GetCommandLine ISTHMUS_WIN32_FORM(GetCommandLine)
#define STARTUPINFO ISTHMUS_WIN32_FORM(STARTUPINFO)
#define LPSTARTUPINFO ISTHMUS_WIN32_FORM(LPSTARTUPINFO)
#define STARTUPINFOEX ISTHMUS_WIN32_FORM(STARTUPINFOEX)
#define LPSTARTUPINFOEX ISTHMUS_WIN32_FORM(LPSTARTUPINFOEX)
// NOLINTEND
