// SPDX-License-Identifier: MIT
//
// Files.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/security.h>
#include <isthmus/win32/types.h>

#define FILE_GENERIC_READ 0x120089u
#define FILE_GENERIC_WRITE 0x120116u
#define FILE_GENERIC_EXECUTE 0x1200A0u
#define FILE_ALL_ACCESS 0x1F01FFu

ISTHMUS_WIN32_BEGIN

ISTHMUS_WIN32_END
// NOLINTEND
