// SPDX-License-Identifier: MIT
//
// Sections: file mappings, backed by memory or by a file. Their bytes are reached through views
// (view.h). The size of memory is rounded up to the page, that of a file is exact (SEC-03, SEC-04).
//
// Differs: program images, large pages and cache attributes are not offered: ERROR_BAD_EXE_FORMAT
// for SEC_IMAGE, ERROR_NOT_SUPPORTED for the others. A file that has no path any more cannot back a
// named section. PAGE_EXECUTE_… needs a file system that is not mounted noexec.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define SECTION_QUERY 0x1u
#define SECTION_MAP_WRITE 0x2u
#define SECTION_MAP_READ 0x4u
#define SECTION_MAP_EXECUTE 0x8u
#define SECTION_EXTEND_SIZE 0x10u
#define SECTION_MAP_EXECUTE_EXPLICIT 0x20u
#define SECTION_ALL_ACCESS 0xF001Fu
#define FILE_MAP_COPY 0x1u
#define FILE_MAP_WRITE 0x2u
#define FILE_MAP_READ 0x4u
#define FILE_MAP_EXECUTE 0x20u
#define FILE_MAP_LARGE_PAGES 0x20000000u
#define FILE_MAP_ALL_ACCESS SECTION_ALL_ACCESS

#define PAGE_NOACCESS 0x01u
#define PAGE_READONLY 0x02u
#define PAGE_READWRITE 0x04u
#define PAGE_WRITECOPY 0x08u
#define PAGE_EXECUTE 0x10u
#define PAGE_EXECUTE_READ 0x20u
#define PAGE_EXECUTE_READWRITE 0x40u
#define PAGE_EXECUTE_WRITECOPY 0x80u
#define PAGE_GUARD 0x100u
#define PAGE_NOCACHE 0x200u
#define PAGE_WRITECOMBINE 0x400u

#define SEC_FILE 0x00800000u
#define SEC_IMAGE 0x01000000u
#define SEC_RESERVE 0x04000000u
#define SEC_COMMIT 0x08000000u
#define SEC_NOCACHE 0x10000000u
#define SEC_IMAGE_NO_EXECUTE 0x11000000u
#define SEC_WRITECOMBINE 0x40000000u
#define SEC_LARGE_PAGES 0x80000000u

ISTHMUS_WIN32_BEGIN

// A new section of a file, or, for INVALID_HANDLE_VALUE, of memory; or the one of this name as it
// is (ERROR_ALREADY_EXISTS; CRE-01, CRE-06). `protection` is one PAGE_… that allows reading, with
// SEC_… or none (SEC-14, SEC-15); the handle's rights follow from it (SEC-33). With SEC_RESERVE
// parts are committed by VirtualAlloc (SEC-18); all else is committed here, or fails here with
// ERROR_COMMITMENT_LIMIT or ERROR_DISK_FULL (SEC-08, SEC-19). Size 0 is the file's (SEC-06).
ISTHMUS_WIN32_API HANDLE WINAPI CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES attributes,
                                                   DWORD protection, DWORD size_high,
                                                   DWORD size_low, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES attributes,
                                                   DWORD protection, DWORD size_high,
                                                   DWORD size_low, LPCWSTR name);

// `rights` are FILE_MAP_…; FILE_MAP_COPY needs no more than FILE_MAP_READ (VIEW-05, ACL-02).
ISTHMUS_WIN32_API HANDLE WINAPI OpenFileMappingA(DWORD rights, BOOL inheritable, LPCSTR name);
ISTHMUS_WIN32_API HANDLE WINAPI OpenFileMappingW(DWORD rights, BOOL inheritable, LPCWSTR name);

ISTHMUS_WIN32_END

#define CreateFileMapping ISTHMUS_WIN32_FORM(CreateFileMapping)
#define OpenFileMapping ISTHMUS_WIN32_FORM(OpenFileMapping)
// NOLINTEND
