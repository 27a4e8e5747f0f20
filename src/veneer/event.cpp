// SPDX-License-Identifier: MIT
#include <isthmus/event.hpp>

#include "object.hpp"

namespace isthmus::veneer {
namespace {

HANDLE create_event(const SECURITY_ATTRIBUTES* attributes, const object_name& name, DWORD flags,
                    DWORD rights) {
  if ((flags & ~(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)) != 0)
    return no_handle(ERROR_INVALID_PARAMETER);  // EVT-11
  const bool manual = (flags & CREATE_EVENT_MANUAL_RESET) != 0;
  return create<event>(attributes, name, rights,
                       event_options{.mode = manual ? reset_mode::manual : reset_mode::automatic,
                                     .initially_set = (flags & CREATE_EVENT_INITIAL_SET) != 0});
}

DWORD flags_of_event(BOOL manual, BOOL initially_set) noexcept {
  return (manual != FALSE ? CREATE_EVENT_MANUAL_RESET : 0) |
         (initially_set != FALSE ? CREATE_EVENT_INITIAL_SET : 0);
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;
using isthmus::event;

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual, BOOL initially_set,
                    LPCSTR name) {
  return CreateEventExA(attributes, name, flags_of_event(manual, initially_set), EVENT_ALL_ACCESS);
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual, BOOL initially_set,
                    LPCWSTR name) {
  return CreateEventExW(attributes, name, flags_of_event(manual, initially_set), EVENT_ALL_ACCESS);
}

HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD rights) {
  return guarded([&] { return create_event(attributes, name_of(name), flags, rights); });
}

HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD rights) {
  return guarded([&] { return create_event(attributes, name_of(name), flags, rights); });
}

HANDLE OpenEventA(DWORD rights, BOOL inheritable, LPCSTR name) {
  return guarded([&] { return open<event>(rights, inheritable, required_name_of(name)); });
}

HANDLE OpenEventW(DWORD rights, BOOL inheritable, LPCWSTR name) {
  return guarded([&] { return open<event>(rights, inheritable, required_name_of(name)); });
}

BOOL SetEvent(HANDLE handle) {
  const held<event> found(handle, EVENT_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  found->set(ec);
  return done(ec);
}

BOOL ResetEvent(HANDLE handle) {
  const held<event> found(handle, EVENT_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  found->reset(ec);
  return done(ec);
}

BOOL PulseEvent(HANDLE handle) {
  const held<event> found(handle, EVENT_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  found->pulse(ec);
  return done(ec);
}
