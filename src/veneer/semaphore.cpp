// SPDX-License-Identifier: MIT
#include <isthmus/semaphore.hpp>

#include "object.hpp"

namespace isthmus::veneer {
namespace {

HANDLE create_semaphore(const SECURITY_ATTRIBUTES* attributes, const object_name& name,
                        LONG initial, LONG most, DWORD flags, DWORD rights) {
  if (flags != 0 || most < 1 || initial < 0 || initial > most)
    return no_handle(ERROR_INVALID_PARAMETER);  // SEM-01, SEM-12, and before any name: CRE-08
  return create<semaphore>(attributes, name, rights,
                           semaphore_options{.initial = initial, .maximum = most});
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;
using isthmus::semaphore;

// In parentheses, as macros of these names check the counts of those who call them.

HANDLE(CreateSemaphoreA)(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG most, LPCSTR name) {
  return CreateSemaphoreExA(attributes, initial, most, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE(CreateSemaphoreW)(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG most, LPCWSTR name) {
  return CreateSemaphoreExW(attributes, initial, most, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE(CreateSemaphoreExA)
(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG most, LPCSTR name, DWORD flags,
 DWORD rights) {
  return guarded(
      [&] { return create_semaphore(attributes, name_of(name), initial, most, flags, rights); });
}

HANDLE(CreateSemaphoreExW)
(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG most, LPCWSTR name, DWORD flags,
 DWORD rights) {
  return guarded(
      [&] { return create_semaphore(attributes, name_of(name), initial, most, flags, rights); });
}

HANDLE OpenSemaphoreA(DWORD rights, BOOL inheritable, LPCSTR name) {
  return guarded([&] { return open<semaphore>(rights, inheritable, required_name_of(name)); });
}

HANDLE OpenSemaphoreW(DWORD rights, BOOL inheritable, LPCWSTR name) {
  return guarded([&] { return open<semaphore>(rights, inheritable, required_name_of(name)); });
}

BOOL(ReleaseSemaphore)(HANDLE handle, LONG more, LPLONG before) {
  if (more < 1) return fail(ERROR_INVALID_PARAMETER);  // SEM-05
  const held<semaphore> found(handle, SEMAPHORE_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  const LONG count = found->release(more, ec);
  if (!ec && before != nullptr) *before = count;
  return done(ec);
}
