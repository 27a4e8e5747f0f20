// SPDX-License-Identifier: MIT
#include <isthmus/mutex.hpp>

#include "object.hpp"

namespace isthmus::veneer {
namespace {

HANDLE create_mutex(const SECURITY_ATTRIBUTES* attributes, const object_name& name, DWORD flags,
                    DWORD rights) {
  if ((flags & ~CREATE_MUTEX_INITIAL_OWNER) != 0)
    return no_handle(ERROR_INVALID_PARAMETER);  // MTX-16
  return create<mutex>(attributes, name, rights,
                       mutex_options{.initially_owned = (flags & CREATE_MUTEX_INITIAL_OWNER) != 0});
}

DWORD flags_of_mutex(BOOL owned) noexcept {
  return owned != FALSE ? CREATE_MUTEX_INITIAL_OWNER : 0;
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;
using isthmus::mutex;

HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCSTR name) {
  return CreateMutexExA(attributes, name, flags_of_mutex(owned), MUTEX_ALL_ACCESS);
}

HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCWSTR name) {
  return CreateMutexExW(attributes, name, flags_of_mutex(owned), MUTEX_ALL_ACCESS);
}

HANDLE CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD rights) {
  return guarded([&] { return create_mutex(attributes, name_of(name), flags, rights); });
}

HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD rights) {
  return guarded([&] { return create_mutex(attributes, name_of(name), flags, rights); });
}

HANDLE OpenMutexA(DWORD rights, BOOL inheritable, LPCSTR name) {
  return guarded([&] { return open<mutex>(rights, inheritable, required_name_of(name)); });
}

HANDLE OpenMutexW(DWORD rights, BOOL inheritable, LPCWSTR name) {
  return guarded([&] { return open<mutex>(rights, inheritable, required_name_of(name)); });
}

BOOL ReleaseMutex(HANDLE handle) {
  const held<mutex> found(handle, 0);
  if (!found) return FALSE;
  std::error_code ec;
  found->unlock(ec);
  return done(ec);
}
