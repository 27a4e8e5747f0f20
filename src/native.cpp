// SPDX-License-Identifier: MIT
#include <isthmus/native.hpp>

#include "failure.hpp"
#include "mutex.hpp"
#include "native.hpp"
#include "process.hpp"
#include "section.hpp"

namespace isthmus {

using detail::failure;
using detail::native_access;

namespace {

section wrapped_section(native_handle_type handle, access rights, failure& why) {
  return native_access::wrap(detail::adopt_section(handle, rights, why));
}

mutex wrapped_mutex(native_handle_type handle, access rights, failure& why) {
  return native_access::wrap(detail::adopt_mutex(handle, rights, why));
}

}  // namespace

native_handle_type native_handle(const section& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::section_handle(*state) : no_native_handle;
}

native_handle_type native_handle(const mutex& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::mutex_handle(*state) : no_native_handle;
}

native_handle_type native_handle(const process& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::process_handle(*state) : no_native_handle;
}

section section_from_native(native_handle_type handle, access rights) {
  return detail::throwing("section_from_native", {},
                          [&](failure& why) { return wrapped_section(handle, rights, why); });
}

section section_from_native(native_handle_type handle, access rights,
                            std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return wrapped_section(handle, rights, why); });
}

mutex mutex_from_native(native_handle_type handle, access rights) {
  return detail::throwing("mutex_from_native", {},
                          [&](failure& why) { return wrapped_mutex(handle, rights, why); });
}

mutex mutex_from_native(native_handle_type handle, access rights, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return wrapped_mutex(handle, rights, why); });
}

}  // namespace isthmus
