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
#define NTAPI
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#define PASCAL
#define FAR
#define NEAR
#define CONST const
// What an argument is for; nothing to a compiler.
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef __forceinline
#define __forceinline inline __attribute__((always_inline))
#endif
#define FORCEINLINE __forceinline
#ifndef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#endif
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
#ifndef _MAX_PATH
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#endif
#define MAXDWORD 0xFFFFFFFFu
#define MAXLONG 0x7FFFFFFF
#define MINLONG 0x80000000u

typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE, BOOLEAN, *PBOOLEAN, UCHAR, *PUCHAR;
typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
typedef float FLOAT;
typedef int8_t INT8;
typedef uint8_t UINT8;
typedef int16_t SHORT, *PSHORT, INT16;
typedef uint16_t WORD, USHORT, UINT16, *PWORD, *LPWORD, *PUSHORT;
typedef int32_t LONG, INT, LONG32, INT32, *PLONG, *LPLONG, *PINT, *LPINT, HRESULT, NTSTATUS,
    *PNTSTATUS;
typedef uint32_t DWORD, ULONG, UINT, ULONG32, DWORD32, UINT32, *PDWORD, *LPDWORD, *PULONG, *PUINT;
// As on Win32 never a `long`, for printf's sake and std::max's.
__extension__ typedef long long LONGLONG, LONG64, INT64, *PLONGLONG, *PLONG64, *PINT64;
__extension__ typedef unsigned long long ULONGLONG, DWORDLONG, ULONG64, DWORD64, UINT64,
    *PULONGLONG, *PDWORDLONG, *PULONG64, *PDWORD64, *PUINT64;
typedef intptr_t LONG_PTR, INT_PTR, SSIZE_T, LPARAM, LRESULT, *PLONG_PTR, *PINT_PTR;
typedef uintptr_t ULONG_PTR, UINT_PTR, DWORD_PTR, WPARAM, *PULONG_PTR, *PUINT_PTR, *PDWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef void *PVOID, *LPVOID;
typedef const void* LPCVOID;
typedef void *HANDLE, **PHANDLE, **LPHANDLE, *HMODULE, *HINSTANCE;
typedef DWORD ACCESS_MASK;
typedef INT_PTR(WINAPI* FARPROC)(void);
// A handle of a type of its own, as those of windows have, which there are not here.
#define DECLARE_HANDLE(name) \
  struct name##__ {          \
    int unused;              \
  };                         \
  typedef struct name##__* name
DECLARE_HANDLE(HWND);

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

// The halves of 64 bits, in the order that they have in memory.
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ISTHMUS_WIN32_HALVES(high) \
  struct {                         \
    DWORD LowPart;                 \
    high HighPart;                 \
  }
#else
#define ISTHMUS_WIN32_HALVES(high) \
  struct {                         \
    high HighPart;                 \
    DWORD LowPart;                 \
  }
#endif
typedef union _LARGE_INTEGER {
  LONGLONG QuadPart;
  __extension__ ISTHMUS_WIN32_HALVES(LONG);
  ISTHMUS_WIN32_HALVES(LONG) u;
} LARGE_INTEGER, *PLARGE_INTEGER;
typedef union _ULARGE_INTEGER {
  ULONGLONG QuadPart;
  __extension__ ISTHMUS_WIN32_HALVES(DWORD);
  ISTHMUS_WIN32_HALVES(DWORD) u;
} ULARGE_INTEGER, *PULARGE_INTEGER;
#undef ISTHMUS_WIN32_HALVES

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
#define STANDARD_RIGHTS_READ READ_CONTROL
#define STANDARD_RIGHTS_WRITE READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE READ_CONTROL
#define STANDARD_RIGHTS_ALL 0x001F0000u
#define MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#endif
#ifndef ARRAYSIZE
#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif
#ifndef FIELD_OFFSET
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#endif
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) ((type*)((char*)(address)-offsetof(type, field)))
#endif
#define LOWORD(number) ((WORD)((DWORD_PTR)(number)&0xFFFFu))
#define HIWORD(number) ((WORD)((DWORD_PTR)(number) >> 16 & 0xFFFFu))
#define LOBYTE(number) ((BYTE)((DWORD_PTR)(number)&0xFFu))
#define HIBYTE(number) ((BYTE)((DWORD_PTR)(number) >> 8 & 0xFFu))
#define MAKEWORD(low, high) ((WORD)((BYTE)(low) | (WORD)((WORD)(BYTE)(high) << 8)))
#define MAKELONG(low, high) ((LONG)((DWORD)(WORD)(low) | (DWORD)(WORD)(high) << 16))
#define Int32x32To64(a, b) ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b) ((ULONGLONG)(DWORD)(a) * (ULONGLONG)(DWORD)(b))
#define ZeroMemory(to, bytes) __builtin_memset((to), 0, (bytes))
#define FillMemory(to, bytes, byte) __builtin_memset((to), (byte), (bytes))
#define MoveMemory(to, from, bytes) __builtin_memmove((to), (from), (bytes))
#define CopyMemory(to, from, bytes) __builtin_memcpy((to), (from), (bytes))

// Zeroes what is not read any more, too.
static inline PVOID SecureZeroMemory(PVOID to, SIZE_T bytes) {
  __builtin_memset(to, 0, bytes);
  __asm__ __volatile__("" : : "r"(to) : "memory");
  return to;
}
// NOLINTEND
