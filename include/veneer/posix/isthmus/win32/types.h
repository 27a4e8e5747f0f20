// SPDX-License-Identifier: MIT
//
// The basic types, of the widths that they have on Win32: LONG and DWORD are 32 bits on every
// system, WCHAR is 16. So a wide text is u"…", or TEXT("…") with UNICODE defined; an L"…" is wider
// on POSIX and does not compile.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ISTHMUS_WIN32_BEGIN extern "C" {
#define ISTHMUS_WIN32_END }
#else
#define ISTHMUS_WIN32_BEGIN
#define ISTHMUS_WIN32_END
#endif
#define ISTHMUS_WIN32_API __attribute__((visibility("default")))

#define WINAPI
#define APIENTRY
#define CALLBACK
#define CONST const
#ifndef VOID
#define VOID void
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#define MAX_PATH 260
#define MAXDWORD 0xFFFFFFFFu

typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE, BOOLEAN, UCHAR;
typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
typedef int16_t SHORT;
typedef uint16_t WORD, USHORT, *PWORD, *LPWORD;
typedef int32_t LONG, INT, *PLONG, *LPLONG, *PINT;
typedef uint32_t DWORD, ULONG, UINT, *PDWORD, *LPDWORD, *PULONG, *PUINT;
typedef int64_t LONGLONG, LONG64, INT64;
typedef uint64_t ULONGLONG, DWORDLONG, ULONG64, DWORD64, UINT64;
typedef intptr_t LONG_PTR, INT_PTR;
typedef uintptr_t ULONG_PTR, UINT_PTR, DWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef void *PVOID, *LPVOID;
typedef const void* LPCVOID;
typedef void *HANDLE, **PHANDLE, **LPHANDLE, *HMODULE, *HINSTANCE;
typedef DWORD ACCESS_MASK;

#ifdef __cplusplus
typedef char16_t WCHAR;
#else
typedef uint_least16_t WCHAR;
#endif
typedef WCHAR *PWCHAR, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR;

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, *LPTSTR, *PTSTR;
typedef const WCHAR *LPCTSTR, *PCTSTR;
#define ISTHMUS_WIN32_TEXT(text) u##text
#define ISTHMUS_WIN32_FORM(name) name##W  // which of the two forms the name without suffix is
#else
typedef char TCHAR, *PTCHAR, *LPTSTR, *PTSTR;
typedef const char *LPCTSTR, *PCTSTR;
#define ISTHMUS_WIN32_TEXT(text) text
#define ISTHMUS_WIN32_FORM(name) name##A
#endif
#ifndef TEXT
#define TEXT(text) ISTHMUS_WIN32_TEXT(text)
#endif

typedef union _LARGE_INTEGER {
  LONGLONG QuadPart;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  __extension__ struct {
    DWORD LowPart;
    LONG HighPart;
  };
  struct {
    DWORD LowPart;
    LONG HighPart;
  } u;
#else
  __extension__ struct {
    LONG HighPart;
    DWORD LowPart;
  };
  struct {
    LONG HighPart;
    DWORD LowPart;
  } u;
#endif
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef struct _FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define INFINITE 0xFFFFFFFFu

#define DELETE 0x00010000u
#define READ_CONTROL 0x00020000u
#define WRITE_DAC 0x00040000u
#define WRITE_OWNER 0x00080000u
#define SYNCHRONIZE 0x00100000u
#define STANDARD_RIGHTS_REQUIRED 0x000F0000u
#define MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#endif
#define ZeroMemory(to, bytes) __builtin_memset((to), 0, (bytes))
#define FillMemory(to, bytes, byte) __builtin_memset((to), (byte), (bytes))
#define MoveMemory(to, from, bytes) __builtin_memmove((to), (from), (bytes))
#define CopyMemory(to, from, bytes) __builtin_memcpy((to), (from), (bytes))
// NOLINTEND
