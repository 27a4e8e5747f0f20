// SPDX-License-Identifier: MIT
#pragma once

#include <isthmus/win32.h>
