// SPDX-License-Identifier: MIT
#include <isthmus/native.hpp>

#include "channel.hpp"
#include "dispatcher.hpp"
#include "failure.hpp"
#include "native.hpp"
#include "process.hpp"
#include "section.hpp"

namespace isthmus {

using detail::failure;
using detail::native_access;

namespace {

/// A handle without any right is none. More is for the backend to say, which knows the handle.
bool check_some(access rights, failure& why) {
  if (rights == access::none) why.set(errc::access_denied, "no right was asked for");
  return rights != access::none;
}

section wrapped_section(native_handle_type handle, access rights, failure& why) {
  return native_access::wrap<section>(
      check_some(rights, why) ? detail::adopt_section(handle, rights, why) : nullptr);
}

template <class T>
T wrapped(detail::kind kind, native_handle_type handle, access rights, failure& why) {
  return native_access::wrap<T>(
      check_some(rights, why) ? detail::adopt_dispatcher(kind, handle, rights, why) : nullptr);
}

}  // namespace

native_handle_type native_handle(const section& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::section_handle(*state) : no_native_handle;
}

native_handle_type native_handle(const waitable& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::dispatcher_handle(*state) : no_native_handle;
}

native_handle_type native_handle(const process& from) noexcept {
  return native_handle(static_cast<const waitable&>(from));
}

native_handle_type native_handle(const channel& from) noexcept {
  const auto* const state = native_access::state(from);
  return state != nullptr ? detail::channel_handle(*state) : no_native_handle;
}

inherit_entry inherit_native(std::string_view key, native_handle_type handle) {
  return native_access::inherit(key, handle);
}

stream stream_from_native(native_handle_type handle) noexcept {
  return native_access::leading_to(handle);
}

channel channel_from_native(native_handle_type handle) {
  return detail::throwing("channel_from_native", {}, [&](failure& why) {
    return native_access::wrap<channel>(detail::adopt_channel(handle, why));
  });
}

channel channel_from_native(native_handle_type handle, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return native_access::wrap<channel>(detail::adopt_channel(handle, why));
  });
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
  return detail::throwing("mutex_from_native", {}, [&](failure& why) {
    return wrapped<mutex>(detail::kind::mutex, handle, rights, why);
  });
}

mutex mutex_from_native(native_handle_type handle, access rights, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return wrapped<mutex>(detail::kind::mutex, handle, rights, why); });
}

semaphore semaphore_from_native(native_handle_type handle, access rights) {
  return detail::throwing("semaphore_from_native", {}, [&](failure& why) {
    return wrapped<semaphore>(detail::kind::semaphore, handle, rights, why);
  });
}

semaphore semaphore_from_native(native_handle_type handle, access rights,
                                std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return wrapped<semaphore>(detail::kind::semaphore, handle, rights, why);
  });
}

event event_from_native(native_handle_type handle, access rights) {
  return detail::throwing("event_from_native", {}, [&](failure& why) {
    return wrapped<event>(detail::kind::event, handle, rights, why);
  });
}

event event_from_native(native_handle_type handle, access rights, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return wrapped<event>(detail::kind::event, handle, rights, why); });
}

timer timer_from_native(native_handle_type handle, access rights) {
  return detail::throwing("timer_from_native", {}, [&](failure& why) {
    return wrapped<timer>(detail::kind::timer, handle, rights, why);
  });
}

timer timer_from_native(native_handle_type handle, access rights, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return wrapped<timer>(detail::kind::timer, handle, rights, why); });
}

}  // namespace isthmus
