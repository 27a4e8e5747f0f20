// SPDX-License-Identifier: MIT
//
// What the functions of all kinds of object share: make or find one, open one by name, get at the
// one behind a handle.
#pragma once

#include "entry.hpp"
#include "error.hpp"
#include "name.hpp"
#include "rights.hpp"
#include "security.hpp"
#include "table.hpp"

#include <isthmus/win32.h>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>

#include <concepts>
#include <memory>
#include <system_error>
#include <utility>

namespace isthmus::veneer {

template <class T>
inline constexpr entry_kind kind_of = entry_kind::section;
template <>
inline constexpr entry_kind kind_of<mutex> = entry_kind::mutex;
template <>
inline constexpr entry_kind kind_of<semaphore> = entry_kind::semaphore;
template <>
inline constexpr entry_kind kind_of<event> = entry_kind::event;
template <>
inline constexpr entry_kind kind_of<timer> = entry_kind::timer;

/// Calls `get(access, ec)` with these rights. The library gives no handle a right that a section's
/// pages forbid; Win32 does, and refuses the view (VIEW-01). So a section is asked for with what
/// the pages allow. What the permissions forbid is an error of the system's, and stays one.
template <class T, class Get>
[[nodiscard]] T with_rights(access rights, std::error_code& ec, Get get) {
  T result = get(rights, ec);
  if constexpr (std::same_as<T, section>)
    for (const access fewer : {access::read | access::write, access::read | access::execute,
                               access::write, access::read}) {
      if (ec != make_error_code(errc::access_denied)) break;
      if (const access both = fewer & rights; fewer == access::read || both == fewer)
        result = get(fewer, ec);
    }
  return result;
}

/// One of the library's objects behind a handle.
template <class T>
struct object final : entry {
  object(T what, DWORD rights) : entry(kind_of<T>, rights), held(std::move(what)) {
    if constexpr (std::derived_from<T, waitable>) awaited = &held;
  }
  [[nodiscard]] std::unique_ptr<entry> copy(DWORD rights, std::error_code& ec) const override {
    T other = with_rights<T>(access_of(kind_of<T>, rights), ec,
                             [&](access a, std::error_code& e) { return held.duplicate(a, e); });
    if (ec) return nullptr;
    return std::make_unique<object>(std::move(other), rights);
  }

  T held;
};

/// The object behind a handle, for one call; or nothing, and ERROR_INVALID_HANDLE for no handle or
/// one of another kind (SEM-09), ERROR_ACCESS_DENIED where the handle lacks a right.
template <class T>
class held {
 public:
  held(HANDLE handle, DWORD rights) noexcept : pin_(handle) {
    if (!pin_ || pin_->kind != kind_of<T>)
      SetLastError(ERROR_INVALID_HANDLE);
    else if (!pin_->may(rights))
      SetLastError(ERROR_ACCESS_DENIED);
    else
      object_ = &static_cast<object<T>&>(*pin_).held;
  }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }

 private:
  pin pin_;
  T* object_ = nullptr;
};

/// Opens an object with these rights.
template <class T>
[[nodiscard]] T opened(const object_name& name, DWORD granted, std::error_code& ec) noexcept {
  return with_rights<T>(access_of(kind_of<T>, granted), ec, [&](access a, std::error_code& e) {
    return T::open({.name = name.text, .access = a}, e);
  });
}

/// The error of an open whose rights are refused. The system looks at the name first, then at the
/// kind, and only then at the rights (NAME-23, ACL-04).
template <class T>
[[nodiscard]] DWORD error_before_rights(const object_name& name, DWORD refused) noexcept {
  std::error_code ec;
  const T there = opened<T>(name, 0, ec);
  return ec && ec != errc::access_denied ? number_of(ec) : refused;
}

/// Makes an object, or finds the one of its name: with all rights, or with fewer where only fewer
/// are asked for (NAME-22). `options` has all but name and permissions.
template <class T, class Options>
[[nodiscard]] HANDLE create(const SECURITY_ATTRIBUTES* attributes, const object_name& name,
                            DWORD rights, Options options) {
  DWORD granted = 0;
  if (name.error != ERROR_SUCCESS) return no_handle(name.error);
  if (const DWORD error = permissions_of(attributes, options.permissions)) return no_handle(error);
  const DWORD refused = resolve_rights(rights, rights_of(kind_of<T>), granted);
  if (refused == ERROR_PRIVILEGE_NOT_HELD) {
    const DWORD error = name.text.empty() ? refused : error_before_rights<T>(name, refused);
    return no_handle(error == ERROR_FILE_NOT_FOUND ? refused : error);
  }
  options.name = name.text;
  std::error_code ec;
  T made;
  bool is_new = false;
  if (refused != ERROR_SUCCESS) {
    // Only of a new object nobody asks what the rights are: bits that there are not are dropped,
    // and there may be none (ACL-06).
    granted &= rights_of(kind_of<T>).all;
    made = T::create(options, ec);
    is_new = !ec;
    if (ec == errc::already_exists) return no_handle(refused);
  } else if (granted == rights_of(kind_of<T>).all || name.text.empty()) {
    made = T::open_or_create(options, ec);
    is_new = !ec && made.created();
  } else {
    do {
      made = opened<T>(name, granted, ec);
      if (ec != errc::not_found) break;
      made = T::create(options, ec);
      is_new = !ec;
    } while (ec == errc::already_exists);
  }
  if (ec) return no_handle(number_of(ec));
  const HANDLE handle =
      insert(std::make_unique<object<T>>(std::move(made), granted), flags_of(attributes));
  if (handle != nullptr) SetLastError(is_new ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS);
  return handle;
}

/// Opens an object by its name.
template <class T>
[[nodiscard]] HANDLE open(DWORD rights, BOOL inheritable, const object_name& name) {
  DWORD granted = 0;
  if (name.error != ERROR_SUCCESS) return no_handle(name.error);
  if (const DWORD refused = resolve_rights(rights, rights_of(kind_of<T>), granted))
    return no_handle(error_before_rights<T>(name, refused));
  std::error_code ec;
  T found = opened<T>(name, granted, ec);
  if (ec == errc::access_denied && (rights & MAXIMUM_ALLOWED) != 0) {  // so it is less than all
    const DWORD readers = (rights & ~MAXIMUM_ALLOWED) | GENERIC_READ | GENERIC_EXECUTE;
    if (const DWORD error = resolve_rights(readers, rights_of(kind_of<T>), granted))
      return no_handle(error);
    found = opened<T>(name, granted, ec);
  }
  if (ec) return no_handle(number_of(ec));
  return insert(std::make_unique<object<T>>(std::move(found), granted),
                inheritable != FALSE ? HANDLE_FLAG_INHERIT : 0);
}

}  // namespace isthmus::veneer
