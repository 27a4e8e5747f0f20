// SPDX-License-Identifier: MIT
//
// The memory of views: what VirtualQuery tells, and how reserved parts are committed.
//
// Differs: only the memory of views is known here. VirtualAlloc does not give memory of its own
// (ERROR_NOT_SUPPORTED), and there is no VirtualProtect.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/section.h>
#include <isthmus/win32/types.h>

#define MEM_COMMIT 0x1000u
#define MEM_RESERVE 0x2000u
#define MEM_DECOMMIT 0x4000u
#define MEM_RELEASE 0x8000u
#define MEM_FREE 0x10000u
#define MEM_PRIVATE 0x20000u
#define MEM_MAPPED 0x40000u
#define MEM_TOP_DOWN 0x100000u
#define MEM_IMAGE 0x1000000u

typedef struct _MEMORY_BASIC_INFORMATION {
  PVOID BaseAddress;        // of the pages asked for
  PVOID AllocationBase;     // of the view
  DWORD AllocationProtect;  // PAGE_…, as the view was mapped
  SIZE_T RegionSize;        // bytes from BaseAddress on that are all in this state
  DWORD State;              // MEM_COMMIT or MEM_RESERVE
  DWORD Protect;            // PAGE_…; 0 where nothing is committed
  DWORD Type;               // MEM_MAPPED
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

typedef struct _SYSTEM_INFO {
  __extension__ union {
    DWORD dwOemId;
    __extension__ struct {
      WORD wProcessorArchitecture;
      WORD wReserved;
    };
  };
  DWORD dwPageSize;
  LPVOID lpMinimumApplicationAddress;
  LPVOID lpMaximumApplicationAddress;
  DWORD_PTR dwActiveProcessorMask;
  DWORD dwNumberOfProcessors;
  DWORD dwProcessorType;
  DWORD dwAllocationGranularity;
  WORD wProcessorLevel;
  WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFFu

ISTHMUS_WIN32_BEGIN

// What the page of an address is like, and those behind it, up to the end of the view (VIEW-32); 0
// where it fails: ERROR_NOT_SUPPORTED for an address that is in no view. Differs: a page of a
// copy-on-write view is PAGE_WRITECOPY even when it has been written. Where the system cannot tell
// what of a reserved section is committed (all but Linux), all of it is said to be.
ISTHMUS_WIN32_API SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION information,
                                             SIZE_T length);

// Commits pages of a SEC_RESERVE section through a view that may be written, for all its views in
// all processes, with MEM_COMMIT (SEC-18); what is committed already stays as it is. The pages of
// this view get the protection, which may allow less than the view's own (VIEW-22: not more,
// ERROR_INVALID_PARAMETER). Gives the first page's address. ERROR_ACCESS_DENIED for a view of a
// file. Differs: PAGE_WRITECOPY for pages of a view that is no copy, and PAGE_GUARD, are
// ERROR_NOT_SUPPORTED.
ISTHMUS_WIN32_API LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type,
                                             DWORD protection);

// Always fails: ERROR_INVALID_PARAMETER for a view (VIEW-26), which UnmapViewOfFile removes and
// which cannot be decommitted; ERROR_INVALID_ADDRESS for what VirtualAlloc has not given.
ISTHMUS_WIN32_API BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type);

// Whether a byte of these cannot be read, or written; FALSE for no bytes, TRUE for NULL. Of use for
// pointers that may be anything: the kernel tries, so no fault is raised, nothing is changed, and
// other threads may read and write there meanwhile. What another thread unmaps afterwards is bad
// afterwards. Differs: pages of a SEC_RESERVE section that are not committed are not bad.
ISTHMUS_WIN32_API BOOL WINAPI IsBadReadPtr(const VOID* address, UINT_PTR bytes);
ISTHMUS_WIN32_API BOOL WINAPI IsBadWritePtr(LPVOID address, UINT_PTR bytes);

// The page's size, the granularity of views (64 KiB), the number of processors and the lowest and
// highest addresses. Differs: the processor's kind is not told (PROCESSOR_ARCHITECTURE_UNKNOWN).
ISTHMUS_WIN32_API VOID WINAPI GetSystemInfo(LPSYSTEM_INFO information);

ISTHMUS_WIN32_END
// NOLINTEND
