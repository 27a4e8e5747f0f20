// SPDX-License-Identifier: MIT
//
// What the writer and the reader have agreed on.
#pragma once

#include <isthmus/win32.h>

#define MAPPING_NAME TEXT("Local\\isthmus.pair.memory")
#define WRITTEN_NAME TEXT("Local\\isthmus.pair.written")
#define READ_NAME TEXT("Local\\isthmus.pair.read")
#define BUFFER_SIZE 256
#define LINES 3
#define PATIENCE 30000 /* ms */
