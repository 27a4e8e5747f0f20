// SPDX-License-Identifier: MIT
//
// Threads. A thread handle is signalled when the thread has ended and the mutexes that it owned
// have been abandoned (WAIT-03, MTX-06). It may be closed before that, and is of no use to children
// (see process.h).
//
// Differs: priorities, and ending or suspending other threads, are not offered; a thread that
// CreateThread did not make is signalled when it is about to end.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/process.h>
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define THREAD_TERMINATE 0x1u
#define THREAD_SUSPEND_RESUME 0x2u
#define THREAD_QUERY_INFORMATION 0x40u
#define THREAD_QUERY_LIMITED_INFORMATION 0x800u
#define THREAD_ALL_ACCESS 0x1FFFFFu

#define TLS_OUT_OF_INDEXES 0xFFFFFFFFu

#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x10000u

typedef DWORD(WINAPI* PTHREAD_START_ROUTINE)(LPVOID argument);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;

ISTHMUS_WIN32_BEGIN

// A thread that runs `start(argument)`, whose result is its exit code. With CREATE_SUSPENDED it
// begins with ResumeThread. A stack of 0 bytes is the system's usual one.
ISTHMUS_WIN32_API HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack,
                                             LPTHREAD_START_ROUTINE start, LPVOID argument,
                                             DWORD flags, LPDWORD id);

// Begins a thread that was made suspended: 1; 0 for one that runs, (DWORD)-1 for an error.
ISTHMUS_WIN32_API DWORD WINAPI ResumeThread(HANDLE thread);

// Ends this thread, from any depth: nothing is unwound. Differs: in a thread that CreateThread has
// not made, the system's pthread_exit unwinds the frames that are left, and a process that ends so
// with its last thread has the exit code 0.
ISTHMUS_WIN32_API VOID WINAPI ExitThread(DWORD code) __attribute__((noreturn));

// STILL_ACTIVE until the handle is signalled.
ISTHMUS_WIN32_API BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code);

ISTHMUS_WIN32_API HANDLE WINAPI GetCurrentThread(VOID);  // DuplicateHandle makes it a real one
ISTHMUS_WIN32_API DWORD WINAPI GetCurrentThreadId(VOID);
ISTHMUS_WIN32_API DWORD WINAPI GetThreadId(HANDLE thread);

ISTHMUS_WIN32_END
// NOLINTEND
