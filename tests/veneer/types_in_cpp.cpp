// SPDX-License-Identifier: MIT
//
// The same types, constants and macros in C++.
#include "types.c"
