// SPDX-License-Identifier: MIT
//
// The Win32 functions over isthmus, for C and C++: sources that were written for <windows.h>
// include this header instead, on both systems, and link isthmus-win32. On Win32 it is <windows.h>
// itself.
//
// What is there, what is not and what differs: docs/win32.md. Each part below says it of its own.
#pragma once

#include <isthmus/win32/critical_section.h>
#include <isthmus/win32/error.h>
#include <isthmus/win32/event.h>
#include <isthmus/win32/file.h>
#include <isthmus/win32/handle.h>
#include <isthmus/win32/interlocked.h>
#include <isthmus/win32/memory.h>
#include <isthmus/win32/mutex.h>
#include <isthmus/win32/process.h>
#include <isthmus/win32/section.h>
#include <isthmus/win32/security.h>
#include <isthmus/win32/semaphore.h>
#include <isthmus/win32/system.h>
#include <isthmus/win32/text.h>
#include <isthmus/win32/thread.h>
#include <isthmus/win32/timer.h>
#include <isthmus/win32/types.h>
#include <isthmus/win32/view.h>
#include <isthmus/win32/wait.h>
