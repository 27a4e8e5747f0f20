// SPDX-License-Identifier: MIT
#include "thread.hpp"

#include "error.hpp"
#include "table.hpp"

namespace isthmus::veneer {
namespace {

/// The thread behind a real handle with one of these rights; nothing, and the last error.
thread_entry* thread_of(const pin& found, DWORD one_of) noexcept {
  if (!found || found->kind != entry_kind::thread)
    SetLastError(ERROR_INVALID_HANDLE);
  else if ((found->granted & one_of) == 0)
    SetLastError(ERROR_ACCESS_DENIED);
  else
    return &static_cast<thread_entry&>(*found);
  return nullptr;
}

constexpr DWORD to_query_thread = THREAD_QUERY_INFORMATION | THREAD_QUERY_LIMITED_INFORMATION;

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

DWORD ResumeThread(HANDLE thread) {
  if (is_this_thread(thread)) return 0;  // it runs
  const pin found(thread);
  thread_entry* const one = thread_of(found, THREAD_SUSPEND_RESUME);
  return one != nullptr ? one->resume() : static_cast<DWORD>(-1);
}

BOOL GetExitCodeThread(HANDLE thread, LPDWORD code) {
  DWORD known = STILL_ACTIVE;
  if (!is_this_thread(thread)) {
    const pin found(thread);
    const thread_entry* const one = thread_of(found, to_query_thread);
    if (one == nullptr || !one->exit_code(known)) return FALSE;
  }
  *code = known;
  return TRUE;
}

DWORD GetThreadId(HANDLE thread) {
  if (is_this_thread(thread)) return GetCurrentThreadId();
  const pin found(thread);
  const thread_entry* const one = thread_of(found, to_query_thread);
  return one != nullptr ? one->id() : 0;
}
