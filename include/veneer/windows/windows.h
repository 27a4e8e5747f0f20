// SPDX-License-Identifier: MIT
//
// For sources that were written for Windows and keep their includes: isthmus/win32.h by the name
// that they know. What there is of it, and what is not: docs/win32.md.
#pragma once

#include <isthmus/win32.h>
