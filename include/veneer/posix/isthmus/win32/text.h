// SPDX-License-Identifier: MIT
//
// Conversions of texts between UTF-8 and UTF-16. The ANSI code page here is UTF-8 as well. Differs:
// there are no other code pages, ERROR_INVALID_PARAMETER.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

#define CP_ACP 0u
#define CP_OEMCP 1u
#define CP_THREAD_ACP 3u
#define CP_UTF8 65001u
#define MB_PRECOMPOSED 0x1u
#define MB_ERR_INVALID_CHARS 0x8u
#define WC_ERR_INVALID_CHARS 0x80u
#define WC_NO_BEST_FIT_CHARS 0x400u

ISTHMUS_WIN32_BEGIN

// Converts `length` units of `from`, or -1: all up to its zero, and that too. How many units that
// makes; with a `size` of 0 it only counts. Too little room is ERROR_INSUFFICIENT_BUFFER. What is
// no text becomes U+FFFD, or, with …_ERR_INVALID_CHARS, ERROR_NO_UNICODE_TRANSLATION.
ISTHMUS_WIN32_API int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCSTR from, int length,
                                                 LPWSTR to, int size);
// `standin` and `used` are NULL with CP_UTF8. With CP_ACP `standin` is ignored, and `*used` says
// whether anything became U+FFFD.
ISTHMUS_WIN32_API int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR from, int length,
                                                 LPSTR to, int size, LPCSTR standin, LPBOOL used);

ISTHMUS_WIN32_END
// NOLINTEND
