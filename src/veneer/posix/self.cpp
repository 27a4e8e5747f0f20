// SPDX-License-Identifier: MIT
//
// The current process and thread, as handles that need no table, and their numbers.
#include "../entry.hpp"
#include "fork.hpp"
#include "own.hpp"

#include <isthmus/win32.h>

#include <unistd.h>

namespace isthmus::veneer {
namespace {

HANDLE number(LONG_PTR value) noexcept {
  return reinterpret_cast<HANDLE>(value);  // NOLINT(performance-no-int-to-ptr): as on Win32
}

constinit thread_local DWORD thread_id = 0;  // once asked for; the system takes its time

const at_fork forget({nullptr, nullptr, [] { thread_id = 0; }});

}  // namespace

bool is_this_process(HANDLE handle) noexcept { return handle == number(-1); }
bool is_this_thread(HANDLE handle) noexcept { return handle == number(-2); }

}  // namespace isthmus::veneer

using namespace isthmus::veneer;

HANDLE GetCurrentProcess() { return number(-1); }
DWORD GetCurrentProcessId() { return static_cast<DWORD>(::getpid()); }
HANDLE GetCurrentThread() { return number(-2); }

DWORD GetCurrentThreadId() {
  if (thread_id == 0) thread_id = own_thread_id();
  return thread_id;
}
