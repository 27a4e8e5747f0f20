// SPDX-License-Identifier: MIT
//
// The current process and thread, as handles that need no table.
#include "../entry.hpp"
#include "../table.hpp"

#include <isthmus/win32.h>
#include <isthmus/process.hpp>

#include <unistd.h>

namespace isthmus::veneer {
namespace {

HANDLE number(LONG_PTR value) noexcept {
  return reinterpret_cast<HANDLE>(value);  // NOLINT(performance-no-int-to-ptr): as on Win32
}

}  // namespace

bool is_this_process(HANDLE handle) noexcept { return handle == number(-1); }
bool is_this_thread(HANDLE handle) noexcept { return handle == number(-2); }

DWORD check_this_process(HANDLE handle) noexcept {
  return is_this_process(handle) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

std::unique_ptr<entry> this_process_entry(DWORD /*rights*/, std::error_code& ec) {
  ec = make_error_code(errc::not_supported);
  return nullptr;
}

std::unique_ptr<entry> this_thread_entry(DWORD /*rights*/, std::error_code& ec) {
  ec = make_error_code(errc::not_supported);
  return nullptr;
}

}  // namespace isthmus::veneer

HANDLE GetCurrentProcess() { return isthmus::veneer::number(-1); }
DWORD GetCurrentProcessId() { return static_cast<DWORD>(::getpid()); }
DWORD GetCurrentThreadId() { return static_cast<DWORD>(::gettid()); }
HANDLE GetCurrentThread() { return isthmus::veneer::number(-2); }
