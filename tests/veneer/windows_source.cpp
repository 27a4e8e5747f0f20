// SPDX-License-Identifier: MIT
#include "windows_source.c"
