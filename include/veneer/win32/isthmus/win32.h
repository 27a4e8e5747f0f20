// SPDX-License-Identifier: MIT
//
// The Win32 functions over isthmus, on Win32: the system's own.
#pragma once

#include <windows.h>
