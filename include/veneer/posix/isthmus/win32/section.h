// SPDX-License-Identifier: MIT
//
// Sections: file mappings, backed by memory or by a file.
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
#define FILE_MAP_ALL_ACCESS SECTION_ALL_ACCESS

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
