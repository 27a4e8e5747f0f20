// SPDX-License-Identifier: MIT
//
// Views of sections: their bytes at an address of this process. A view keeps the bytes when all
// handles are closed (VIEW-23), but not the name (LIFE-02). Children that are started have none of
// them (VIEW-27).
//
// Differs: a view's pages could be given more rights by mprotect (VIEW-22); after a fork without
// exec the child has the views as well, and keeps their names; memory for a copy-on-write view is
// not set aside when it is mapped (VIEW-21).
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/section.h>
#include <isthmus/win32/types.h>

ISTHMUS_WIN32_BEGIN

// Maps `length` bytes of the section, or with 0 all from the offset on, at an address that is a
// multiple of 64 KiB, as is the offset (VIEW-09 to VIEW-15). The handle must have the right
// (ERROR_ACCESS_DENIED), and the section's pages must allow it (ERROR_INVALID_PARAMETER): VIEW-01.
// FILE_MAP_COPY is a private copy only where no more than executing is asked for with it (VIEW-04).
// FILE_MAP_EXECUTE alone is no access at all (VIEW-08).
ISTHMUS_WIN32_API LPVOID WINAPI MapViewOfFile(HANDLE section, DWORD access, DWORD offset_high,
                                              DWORD offset_low, SIZE_T length);
// The same, and exactly at `address`: ERROR_INVALID_ADDRESS where that is not free (VIEW-17).
ISTHMUS_WIN32_API LPVOID WINAPI MapViewOfFileEx(HANDLE section, DWORD access, DWORD offset_high,
                                                DWORD offset_low, SIZE_T length, LPVOID address);

// Removes the whole view that any of its addresses names (VIEW-24, VIEW-25).
ISTHMUS_WIN32_API BOOL WINAPI UnmapViewOfFile(LPCVOID address);

// Writes changed bytes of a file; 0 is to the end of the view (VIEW-28). Differs: it waits for the
// disk (VIEW-29).
ISTHMUS_WIN32_API BOOL WINAPI FlushViewOfFile(LPCVOID address, SIZE_T length);

ISTHMUS_WIN32_END
// NOLINTEND
