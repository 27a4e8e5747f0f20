// SPDX-License-Identifier: MIT
#include "win32/wait_handles.hpp"

#include "mutex.hpp"
#include "process.hpp"
#include "wait.hpp"
#include "win32/handle.hpp"
#include "win32/ntdll.hpp"
#include "win32/object.hpp"

#include <array>
#include <optional>

namespace isthmus::detail {
namespace {

wait_result result_of(DWORD number, failure& why) noexcept {
  if (number < max_wait_objects) return {wait_status::signaled, number};
  if (number - WAIT_ABANDONED_0 < max_wait_objects)
    return {wait_status::abandoned, number - WAIT_ABANDONED_0};
  if (number == WAIT_TIMEOUT) return {wait_status::timeout, 0};
  why.set_native(last_error());
  return {};
}

/// The handles of some objects, as the system wants them.
class handles {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as needed
  explicit handles(std::span<dispatcher* const> objects) noexcept {
    for (const dispatcher* const one : objects) handles_[count_++] = dispatcher_handle(*one);
  }
  [[nodiscard]] DWORD wait(bool all, DWORD limit) const noexcept {
    return ::WaitForMultipleObjects(count_, handles_.data(), all ? TRUE : FALSE, limit);
  }

 private:
  std::array<HANDLE, max_wait_objects> handles_;
  DWORD count_ = 0;
};

/// Whether the system refuses to wait for all of a list that has an object twice (WAIT-12). Wine
/// does not, and its server may end of it. Found by trying, once, with objects that do no harm.
bool refuses_twice() noexcept {
  static const bool result = [] {
    const unique_handle event(::CreateEventW(nullptr, TRUE, TRUE, nullptr));
    const std::array twice{event.get(), event.get()};
    return !event || ::WaitForMultipleObjects(2, twice.data(), TRUE, 0) == WAIT_FAILED;
  }();
  return result;
}

/// Whether two handles lead to one object. Where both have names, these tell.
bool same(const dispatcher& a, const dispatcher& b) noexcept {
  const auto &name = a.info.name, &other = b.info.name;
  if (a.kind == kind::process && b.kind == a.kind) return process_id(a) == process_id(b);
  if (a.kind != b.kind || (!name.empty() && !other.empty() && name != other)) return false;
  return same_object(dispatcher_handle(a), dispatcher_handle(b));
}

bool one_is_twice(std::span<dispatcher* const> objects) noexcept {
  for (std::size_t i = 1; i < objects.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (same(*objects[i], *objects[j])) return true;
  }
  return false;
}

DWORD signal_and_wait_on(HANDLE signaled, HANDLE awaited, std::chrono::nanoseconds limit) noexcept {
  bool given = false;  // the signal, which only the first of the slices gives
  return wait_in_slices(limit, [&](DWORD slice) {
    if (given) return ::WaitForSingleObject(awaited, slice);
    given = true;
    return ::SignalObjectAndWait(signaled, awaited, slice, FALSE);
  });
}

}  // namespace

wait_status wait_for_one(dispatcher& object, std::chrono::nanoseconds limit, failure& why) {
  return result_of(wait_on(dispatcher_handle(object), limit), why).status;
}

wait_result wait_for_many(wait_kind kind, std::span<dispatcher* const> objects,
                          std::chrono::nanoseconds limit, failure& why) {
  const bool all = kind == wait_kind::all;
  if (all && !refuses_twice() && one_is_twice(objects)) {
    why.set_native(ERROR_INVALID_PARAMETER, "two of the handles are of one object");
    return {};
  }
  const handles list(objects);
  const wait_result result =
      result_of(wait_in_slices(limit, [&](DWORD slice) { return list.wait(all, slice); }), why);
  return {result.status, all ? 0 : result.index};
}

wait_status signal_and_wait_for(dispatcher& signaled, dispatcher& awaited,
                                std::chrono::nanoseconds limit, const longer_wait& more,
                                failure& why) {
  HANDLE first = dispatcher_handle(signaled);
  unique_handle wider;
  if (signaled.kind == kind::mutex) {
    // To ask whose it is takes a right, and so does, under Wine, to unlock it by the one call
    // (MTX-04).
    if (!includes(signaled.info.access, dispatcher_rights)) {
      wider = unique_handle(duplicate_handle(first, MUTEX_MODIFY_STATE | SYNCHRONIZE));
      if (wider) first = wider.get();
    }
    const std::optional<bool> owned = is_mutex_owned(first);
    if (!owned) {  // the mutex is somebody's who refuses that right: two calls must do
      unlock_mutex(signaled, why);
      return why ? wait_status::failed : wait_longer_for_one(awaited, limit, more, why);
    }
    // The one call would take another's abandoned mutex for one that this thread has (MTX-11).
    if (!*owned) {
      why.set_native(ERROR_NOT_OWNER);
      return wait_status::failed;
    }
  }
  const DWORD ended = signal_and_wait_on(first, dispatcher_handle(awaited), limit);
  const wait_status status = result_of(ended, why).status;
  if (status != wait_status::timeout || (limit = more()) <= limit.zero()) return status;
  return wait_longer_for_one(awaited, limit, more, why);
}

}  // namespace isthmus::detail
