// SPDX-License-Identifier: MIT
//
// Texts of TCHAR. Without UNICODE, the C library's functions for char under the names that they
// have for both.
//
// Differs: with UNICODE there are the types, _T and _tcslen only, as POSIX has no functions for
// texts of 16 bits.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32.h>

#define _T(text) ISTHMUS_WIN32_TEXT(text)
#define _TEXT(text) ISTHMUS_WIN32_TEXT(text)
#define __T(text) ISTHMUS_WIN32_TEXT(text)
typedef TCHAR _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;

#ifdef UNICODE
#define _tcslen(text) ((size_t)lstrlenW(text))
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define _tmain main
#define _tcslen strlen
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcsncat strncat
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcstok strtok
#define _tcsdup strdup
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcstod strtod
#define _ttoi atoi
#define _ttol atol
#define _tprintf printf
#define _ftprintf fprintf
#define _sntprintf snprintf
#define _stscanf sscanf
#define _fputts fputs
#define _fgetts fgets
#define _putts puts
#define _tfopen fopen
#define _tremove remove
#define _trename rename
#define _tgetenv getenv
#define _tsystem system
#endif
// NOLINTEND
