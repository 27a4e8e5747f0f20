// SPDX-License-Identifier: MIT
//
// Nothing here touches the last error unless the call fails (WAIT-15), and nothing comes from the
// heap.
#include <isthmus/wait.hpp>

#include "few.hpp"
#include "object.hpp"
#include "process.hpp"

#include <algorithm>
#include <chrono>

namespace isthmus::veneer {
namespace {

using std::chrono::milliseconds;

DWORD failed(DWORD number) noexcept {
  SetLastError(number);
  return WAIT_FAILED;
}

/// A wait's result; `too_many` is the number for a maximum that would be passed.
DWORD result_of(wait_status status, std::size_t index, const std::error_code& ec,
                DWORD too_many = ERROR_MUTANT_LIMIT_EXCEEDED) noexcept {
  switch (status) {
    case wait_status::signaled:
      return WAIT_OBJECT_0 + static_cast<DWORD>(index);
    case wait_status::abandoned:
      return WAIT_ABANDONED_0 + static_cast<DWORD>(index);
    case wait_status::timeout:
      return WAIT_TIMEOUT;
    case wait_status::failed:
      break;
  }
  return failed(number_of(ec, {{errc::limit_exceeded, too_many}}));  // MTX-14
}

/// Why an object cannot be waited for. Sections do not have the right (SEC-32).
DWORD refusal(const entry& what) noexcept {
  if (!what.may(SYNCHRONIZE)) return ERROR_ACCESS_DENIED;
  return what.awaited != nullptr ? ERROR_SUCCESS : ERROR_NOT_SUPPORTED;
}

bool is_current(HANDLE handle) noexcept {
  return is_this_process(handle) || is_this_thread(handle);
}

DWORD wait_for_one(waitable& what, DWORD limit) noexcept {
  std::error_code ec;
  const wait_status status =
      limit == INFINITE ? what.wait(ec) : what.wait_for(milliseconds(limit), ec);
  return result_of(status, 0, ec);
}

/// The wait for this process or thread, which does not end as long as it waits (WAIT-14).
DWORD wait_for_nothing(DWORD limit) noexcept {
  std::error_code ec;
  auto never = event::create({}, ec);
  return ec ? failed(number_of(ec)) : wait_for_one(never, limit);
}

/// Whether this one of the objects is the first thread of a process that is waited for as well. The
/// two are one object here, which a wait for all would refuse, and two on Win32. A thread that is
/// there twice is refused.
bool is_said_by_process(std::span<const pin> all, std::size_t which) noexcept {
  if (all[which]->kind != entry_kind::thread) return false;
  for (const pin& other : all) {
    if (other->kind != entry_kind::process || !is_first_thread_of(*all[which], *other)) continue;
    const auto before = all.first(which);
    return std::none_of(before.begin(), before.end(), [&](const pin& one) {
      return one->kind == entry_kind::thread && is_first_thread_of(*one, *other);
    });
  }
  return false;
}

DWORD wait_for_many(std::span<const HANDLE> handles, bool all, DWORD limit) noexcept {
  few<pin, MAXIMUM_WAIT_OBJECTS> pins;
  few<wait_ref, MAXIMUM_WAIT_OBJECTS> objects;
  for (const HANDLE handle : handles) {  // all of them before anything changes (WAIT-13)
    const pin& found = pins.add(handle);
    if (!found) return failed(ERROR_INVALID_HANDLE);
    if (const DWORD error = refusal(*found)) return failed(error);
  }
  for (std::size_t i = 0; i < handles.size(); ++i)
    if (!all || !is_said_by_process(pins.values(), i)) objects.add(*pins.values()[i]->awaited);
  const wait_list list(objects.values());
  std::error_code ec;
  wait_result result;
  if (all)
    result = limit == INFINITE ? wait_all(list, ec) : wait_all_for(list, milliseconds(limit), ec);
  else
    result = limit == INFINITE ? wait_any(list, ec) : wait_any_for(list, milliseconds(limit), ec);
  return result_of(result.status, all ? 0 : result.index, ec);
}

/// Why an object cannot be signalled (WAIT-17).
DWORD signal_refusal(const entry& what) noexcept {
  switch (what.kind) {
    case entry_kind::mutex:
      return ERROR_SUCCESS;  // needs no right (MTX-04)
    case entry_kind::semaphore:
    case entry_kind::event:
      return what.may(EVENT_MODIFY_STATE) ? ERROR_SUCCESS : ERROR_ACCESS_DENIED;
    default:
      return ERROR_INVALID_HANDLE;
  }
}

BOOL signal(HANDLE handle, entry_kind kind) noexcept {
  if (kind == entry_kind::mutex) return ReleaseMutex(handle);
  if (kind == entry_kind::semaphore) return ReleaseSemaphore(handle, 1, nullptr);
  return SetEvent(handle);
}

DWORD signal_and_wait_for_one(HANDLE to_signal, HANDLE to_wait_for, DWORD limit) noexcept {
  const pin signaled(to_signal);
  if (!signaled) return failed(ERROR_INVALID_HANDLE);
  const pin awaited(to_wait_for);
  const bool current = is_current(to_wait_for);
  if (!awaited && !current) return failed(ERROR_INVALID_HANDLE);
  // The handles come first, then what they are handles of (WAIT-17, WAIT-18).
  if (awaited && !awaited->may(SYNCHRONIZE)) return failed(ERROR_ACCESS_DENIED);
  if (const DWORD error = signal_refusal(*signaled)) return failed(error);
  if (awaited)
    if (const DWORD error = refusal(*awaited)) return failed(error);
  if (current)
    return signal(to_signal, signaled->kind) != FALSE ? wait_for_nothing(limit) : WAIT_FAILED;
  std::error_code ec;
  waitable& first = *signaled->awaited;
  waitable& second = *awaited->awaited;
  const wait_status status = limit == INFINITE
                                 ? signal_and_wait(first, second, ec)
                                 : signal_and_wait_for(first, second, milliseconds(limit), ec);
  const bool counts = signaled->kind == entry_kind::semaphore;
  return result_of(status, 0, ec, counts ? ERROR_TOO_MANY_POSTS : ERROR_MUTANT_LIMIT_EXCEEDED);
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

DWORD WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
  const pin found(handle);
  if (!found)
    return is_current(handle) ? wait_for_nothing(milliseconds) : failed(ERROR_INVALID_HANDLE);
  if (const DWORD error = refusal(*found)) return failed(error);
  return wait_for_one(*found->awaited, milliseconds);
}

DWORD WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL /*alertable*/) {
  return WaitForSingleObject(handle, milliseconds);
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all, DWORD milliseconds) {
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS) return failed(ERROR_INVALID_PARAMETER);
  return wait_for_many({handles, count}, all != FALSE, milliseconds);
}

DWORD WaitForMultipleObjectsEx(DWORD count, const HANDLE* handles, BOOL all, DWORD milliseconds,
                               BOOL /*alertable*/) {
  return WaitForMultipleObjects(count, handles, all, milliseconds);
}

DWORD SignalObjectAndWait(HANDLE to_signal, HANDLE to_wait_for, DWORD milliseconds,
                          BOOL /*alertable*/) {
  return signal_and_wait_for_one(to_signal, to_wait_for, milliseconds);
}
