// SPDX-License-Identifier: MIT
//
// The kinds of object that can be waited for and have names, in both forms: what is the same for
// all of them is tested in loops over this table.
#pragma once

#include "support.hpp"

#include <string>

namespace veneer_tests {

/// An ASCII text for the W forms; none for none.
class wide {
 public:
  explicit wide(const char* text) : given_(text != nullptr) {
    while (given_ && *text != '\0') text_ += static_cast<WCHAR>(*text++);
  }
  operator const WCHAR*() const {  // NOLINT(google-explicit-constructor): an argument
    return given_ ? text_.c_str() : nullptr;
  }

 private:
  bool given_;
  std::basic_string<WCHAR> text_;
};

struct kind_form {
  const char* word;
  DWORD all;     ///< …_ALL_ACCESS
  DWORD modify;  ///< the right that its typed calls need
  HANDLE (*create)(LPSECURITY_ATTRIBUTES attributes, const char* name);
  HANDLE (*create_ex)(const char* name, DWORD flags, DWORD rights);
  HANDLE (*open)(DWORD rights, BOOL inheritable, const char* name);
  BOOL (*modified)(HANDLE handle);  ///< sets it
  DWORD unknown_flags;              ///< of create_ex

  [[nodiscard]] HANDLE make(const char* name = nullptr) const { return create(nullptr, name); }
  [[nodiscard]] HANDLE open_all(const char* name) const { return open(all, FALSE, name); }
  /// A and W follow each other.
  [[nodiscard]] bool same_kind(const kind_form& other) const { return modified == other.modified; }
};

inline BOOL modify_mutex(HANDLE handle) { return ReleaseMutex(handle); }
inline BOOL modify_semaphore(HANDLE handle) { return ReleaseSemaphore(handle, 1, nullptr); }
inline BOOL modify_event(HANDLE handle) { return SetEvent(handle); }
inline BOOL modify_timer(HANDLE handle) {
  LARGE_INTEGER due;
  due.QuadPart = 0;
  return SetWaitableTimer(handle, &due, 0, nullptr, nullptr, FALSE);
}

/// All are made unset, but for a mutex, which is made owned.
inline constexpr kind_form kinds[] = {
    {"mutex A", MUTEX_ALL_ACCESS, 0,
     [](LPSECURITY_ATTRIBUTES with, const char* name) { return CreateMutexA(with, TRUE, name); },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateMutexExA(nullptr, name, flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) { return OpenMutexA(rights, inherit, name); },
     modify_mutex, 2},
    {"mutex W", MUTEX_ALL_ACCESS, 0,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateMutexW(with, TRUE, wide(name));
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateMutexExW(nullptr, wide(name), flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenMutexW(rights, inherit, wide(name));
     },
     modify_mutex, 2},
    {"semaphore A", SEMAPHORE_ALL_ACCESS, SEMAPHORE_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateSemaphoreA(with, 0, 9, name);
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateSemaphoreExA(nullptr, 0, 9, name, flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenSemaphoreA(rights, inherit, name);
     },
     modify_semaphore, 1},
    {"semaphore W", SEMAPHORE_ALL_ACCESS, SEMAPHORE_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateSemaphoreW(with, 0, 9, wide(name));
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateSemaphoreExW(nullptr, 0, 9, wide(name), flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenSemaphoreW(rights, inherit, wide(name));
     },
     modify_semaphore, 1},
    {"event A", EVENT_ALL_ACCESS, EVENT_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateEventA(with, FALSE, FALSE, name);
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateEventExA(nullptr, name, flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) { return OpenEventA(rights, inherit, name); },
     modify_event, 4},
    {"event W", EVENT_ALL_ACCESS, EVENT_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateEventW(with, FALSE, FALSE, wide(name));
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateEventExW(nullptr, wide(name), flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenEventW(rights, inherit, wide(name));
     },
     modify_event, 4},
    {"timer A", TIMER_ALL_ACCESS, TIMER_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateWaitableTimerA(with, FALSE, name);
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateWaitableTimerExA(nullptr, name, flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenWaitableTimerA(rights, inherit, name);
     },
     modify_timer, 4},
    {"timer W", TIMER_ALL_ACCESS, TIMER_MODIFY_STATE,
     [](LPSECURITY_ATTRIBUTES with, const char* name) {
       return CreateWaitableTimerW(with, FALSE, wide(name));
     },
     [](const char* name, DWORD flags, DWORD rights) {
       return CreateWaitableTimerExW(nullptr, wide(name), flags, rights);
     },
     [](DWORD rights, BOOL inherit, const char* name) {
       return OpenWaitableTimerW(rights, inherit, wide(name));
     },
     modify_timer, 4},
};

}  // namespace veneer_tests
