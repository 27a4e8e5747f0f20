// SPDX-License-Identifier: MIT
//
// Files, as far as programs need them that share sections of files. A backslash in a path stands
// for a slash. Reading and writing go on where the handle's last call ended, for all duplicates of
// the handle together, or at the place that an OVERLAPPED tells; they end before the call does.
//
// Differs: share modes are taken and not kept, so no ERROR_SHARING_VIOLATION, and an open or mapped
// file can be deleted (SEC-26). Case counts, and characters that Windows refuses in names are
// taken. There are no drives and no device names but NUL, in any case, which is /dev/null.
// FILE_FLAG_OVERLAPPED is ERROR_NOT_SUPPORTED. Attributes but FILE_ATTRIBUTE_READONLY, and hints,
// are ignored. To open a file without reading or writing it needs the permission to read it.
// SetEndOfFile makes a longer file without setting room on the disk aside; CreateFileMapping does
// set it aside. A write to a pipe that nobody reads raises SIGPIPE. The permissions of a new file
// follow the umask. FILE_FLAG_DELETE_ON_CLOSE deletes with the last handle of this opening, also at
// exit, but not when the process is killed.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define FILE_READ_DATA 0x1u
#define FILE_WRITE_DATA 0x2u
#define FILE_APPEND_DATA 0x4u
#define FILE_LIST_DIRECTORY 0x1u
#define FILE_READ_EA 0x8u
#define FILE_WRITE_EA 0x10u
#define FILE_EXECUTE 0x20u
#define FILE_READ_ATTRIBUTES 0x80u
#define FILE_WRITE_ATTRIBUTES 0x100u
#define FILE_GENERIC_READ 0x120089u
#define FILE_GENERIC_WRITE 0x120116u
#define FILE_GENERIC_EXECUTE 0x1200A0u
#define FILE_ALL_ACCESS 0x1F01FFu

#define FILE_SHARE_READ 0x1u
#define FILE_SHARE_WRITE 0x2u
#define FILE_SHARE_DELETE 0x4u

#define CREATE_NEW 1u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define OPEN_ALWAYS 4u
#define TRUNCATE_EXISTING 5u

#define FILE_ATTRIBUTE_READONLY 0x1u
#define FILE_ATTRIBUTE_HIDDEN 0x2u
#define FILE_ATTRIBUTE_SYSTEM 0x4u
#define FILE_ATTRIBUTE_DIRECTORY 0x10u
#define FILE_ATTRIBUTE_ARCHIVE 0x20u
#define FILE_ATTRIBUTE_NORMAL 0x80u
#define FILE_ATTRIBUTE_TEMPORARY 0x100u
#define FILE_FLAG_WRITE_THROUGH 0x80000000u
#define FILE_FLAG_OVERLAPPED 0x40000000u
#define FILE_FLAG_NO_BUFFERING 0x20000000u
#define FILE_FLAG_RANDOM_ACCESS 0x10000000u
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000u
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000u
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000u

#define FILE_BEGIN 0u
#define FILE_CURRENT 1u
#define FILE_END 2u
#define INVALID_SET_FILE_POINTER 0xFFFFFFFFu
#define INVALID_FILE_ATTRIBUTES 0xFFFFFFFFu
#define INVALID_FILE_SIZE 0xFFFFFFFFu

#define STD_INPUT_HANDLE 0xFFFFFFF6u
#define STD_OUTPUT_HANDLE 0xFFFFFFF5u
#define STD_ERROR_HANDLE 0xFFFFFFF4u

typedef struct _OVERLAPPED {
  ULONG_PTR Internal;
  ULONG_PTR InternalHigh;
  __extension__ union {
    __extension__ struct {
      DWORD Offset;
      DWORD OffsetHigh;
    };
    PVOID Pointer;
  };
  HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

ISTHMUS_WIN32_BEGIN

// Opens or makes a file; INVALID_HANDLE_VALUE where that fails: ERROR_FILE_NOT_FOUND,
// ERROR_PATH_NOT_FOUND where a folder on the way is missing, ERROR_FILE_EXISTS for CREATE_NEW. On
// success the last error is ERROR_ALREADY_EXISTS where CREATE_ALWAYS or OPEN_ALWAYS found a file,
// else 0. A folder needs FILE_FLAG_BACKUP_SEMANTICS.
ISTHMUS_WIN32_API HANDLE WINAPI CreateFileA(LPCSTR path, DWORD rights, DWORD share,
                                            LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                                            DWORD flags, HANDLE model);
ISTHMUS_WIN32_API HANDLE WINAPI CreateFileW(LPCWSTR path, DWORD rights, DWORD share,
                                            LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                                            DWORD flags, HANDLE model);

// At the end of the file: TRUE and 0 bytes, or with an OVERLAPPED FALSE and ERROR_HANDLE_EOF.
ISTHMUS_WIN32_API BOOL WINAPI ReadFile(HANDLE file, LPVOID to, DWORD bytes, LPDWORD done,
                                       LPOVERLAPPED place);
ISTHMUS_WIN32_API BOOL WINAPI WriteFile(HANDLE file, LPCVOID from, DWORD bytes, LPDWORD done,
                                        LPOVERLAPPED place);

// Gives the low half of the new place. 0xFFFFFFFF may be such a half: then the last error is 0.
ISTHMUS_WIN32_API DWORD WINAPI SetFilePointer(HANDLE file, LONG low, PLONG high, DWORD from);
ISTHMUS_WIN32_API BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance,
                                               PLARGE_INTEGER place, DWORD from);
// Makes the file end at the handle's place. ERROR_USER_MAPPED_FILE where it would become shorter
// and this process has a section or view of it (SEC-25). Differs: those of others do not prevent
// it.
ISTHMUS_WIN32_API BOOL WINAPI SetEndOfFile(HANDLE file);

ISTHMUS_WIN32_API DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high);
ISTHMUS_WIN32_API BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size);
ISTHMUS_WIN32_API BOOL WINAPI FlushFileBuffers(HANDLE file);

ISTHMUS_WIN32_API BOOL WINAPI DeleteFileA(LPCSTR path);
ISTHMUS_WIN32_API BOOL WINAPI DeleteFileW(LPCWSTR path);

// Standard input, output or error, as a handle of a file: the same at each call, even when it has
// been closed; NULL where the process has none.
ISTHMUS_WIN32_API HANDLE WINAPI GetStdHandle(DWORD which);

ISTHMUS_WIN32_END

#define CreateFile ISTHMUS_WIN32_FORM(CreateFile)
#define DeleteFile ISTHMUS_WIN32_FORM(DeleteFile)
// NOLINTEND
