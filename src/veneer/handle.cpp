// SPDX-License-Identifier: MIT
#include "error.hpp"
#include "rights.hpp"
#include "table.hpp"

namespace isthmus::veneer {
namespace {

constexpr DWORD all_flags = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE;

/// The same object behind another handle; nullptr and the last error.
std::unique_ptr<entry> duplicate(HANDLE from, DWORD rights, DWORD options) {
  const pin found(from);
  const bool process = is_this_process(from);
  const bool thread = is_this_thread(from);
  if (!found && !process && !thread) return SetLastError(ERROR_INVALID_HANDLE), nullptr;
  const entry_kind kind = process ? entry_kind::process : thread ? entry_kind::thread : found->kind;
  DWORD granted = rights_of(kind).all;
  if ((options & DUPLICATE_SAME_ACCESS) == 0) {
    // Unlike an open, a duplicate may have no right at all (DUP-02), and rights that the kind does
    // not have are dropped; but not all bits there are can be asked for (DUP-04).
    if ((rights & access_system_security) != 0) return SetLastError(ERROR_ACCESS_DENIED), nullptr;
    const DWORD known = rights & (rights_of(kind).all | generic_rights);
    granted = 0;
    if (known != 0)
      if (const DWORD error = resolve_rights(known, rights_of(kind), granted))
        return SetLastError(error), nullptr;
  } else if (found) {
    granted = found->granted;
  }
  std::error_code ec;
  auto made = process  ? this_process_entry(granted, ec)
              : thread ? this_thread_entry(granted, ec)
                       : found->copy(granted, ec);
  if (made == nullptr && ec == errc::access_denied && (rights & MAXIMUM_ALLOWED) != 0 && found) {
    ec.clear();  // what may be had for certain is what the source has (ACL-08)
    made = found->copy(found->granted, ec);
  }
  if (made == nullptr) SetLastError(number_of(ec));
  return made;
}

/// A copy's handle; there may be none, for `error`. Its source goes as well if it is given,
/// whatever the outcome (DUP-05), and the copy has its number where nobody uses or protects it
/// (DUP-06).
HANDLE enter_copy(std::unique_ptr<entry> copy, DWORD flags, HANDLE source, DWORD error) {
  const HANDLE result =
      copy != nullptr && source != nullptr ? replace(source, copy, flags) : nullptr;
  if (source != nullptr && result == nullptr) close(source);
  if (result != nullptr) return result;
  if (copy != nullptr) return insert(std::move(copy), flags);
  SetLastError(error);
  return nullptr;
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

BOOL CloseHandle(HANDLE handle) {
  // The handles of the current process and thread need no closing, and closing them does no harm.
  if (is_this_process(handle) || is_this_thread(handle)) return TRUE;
  return close(handle) ? TRUE : fail(ERROR_INVALID_HANDLE);
}

BOOL DuplicateHandle(HANDLE from_process, HANDLE from, HANDLE to_process, LPHANDLE made,
                     DWORD rights, BOOL inheritable, DWORD options) {
  return guarded([&]() -> BOOL {
    if (made != nullptr) *made = nullptr;
    const bool close_source = (options & DUPLICATE_CLOSE_SOURCE) != 0;
    if ((options & ~(DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS)) != 0)
      return fail(ERROR_INVALID_PARAMETER);
    if (const DWORD error = check_this_process(from_process)) return fail(error);
    if (to_process == nullptr && close_source)  // no more than that (DUP-08)
      return close(from) ? TRUE : fail(ERROR_INVALID_HANDLE);
    const DWORD wrong_target = check_this_process(to_process);
    auto copy = wrong_target == ERROR_SUCCESS ? duplicate(from, rights, options) : nullptr;
    const DWORD error = wrong_target != ERROR_SUCCESS ? wrong_target : GetLastError();
    const DWORD flags = inheritable != FALSE ? HANDLE_FLAG_INHERIT : 0;
    const HANDLE result = enter_copy(std::move(copy), flags, close_source ? from : nullptr, error);
    if (result == nullptr) return FALSE;
    if (made != nullptr)
      *made = result;
    else
      close(result);
    return TRUE;
  });
}

BOOL GetHandleInformation(HANDLE handle, LPDWORD flags) {
  const pin found(handle);
  if (!found) return fail(ERROR_INVALID_HANDLE);
  *flags = found->flags.load();
  return TRUE;
}

BOOL SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags) {
  const pin found(handle);
  if (!found) return fail(ERROR_INVALID_HANDLE);
  if ((mask & ~all_flags) != 0) return fail(ERROR_INVALID_PARAMETER);
  DWORD before = found->flags.load();
  while (!found->flags.compare_exchange_weak(before, (before & ~mask) | (flags & mask))) {
  }
  return TRUE;
}
