// SPDX-License-Identifier: MIT
//
// Dispatcher objects: what mutexes, semaphores, events and timers have in common inside the
// library. First the contract with the backends: what has been checked before a backend is called
// is said at each function; one that fails sets `why`. Then what src/mutex.cpp and its like are
// made of: each public function there is one line.
#pragma once

#include <isthmus/waitable.hpp>

#include "abandoned_notes.hpp"
#include "kind.hpp"
#include "native.hpp"
#include "object.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace isthmus::detail {

/// A handle. Backends derive their own from it.
struct dispatcher {
  object_info info;
  detail::kind kind{};
  abandoned_notes notes;  ///< mutexes
};

/// What to make, and its first state.
struct dispatcher_request {
  detail::kind kind{};
  verb how = verb::create;
  parsed_name name;
  isthmus::permissions permissions;
  bool owned = false;                       ///< mutex: by the caller
  std::int32_t count = 0;                   ///< semaphore: 0 to maximum
  std::int32_t maximum = 1;                 ///< semaphore: at least 1
  reset_mode mode = reset_mode::automatic;  ///< event, timer
  bool set = false;                         ///< event
};

inline constexpr access dispatcher_rights = access::wait | access::modify;

/// Makes an object, or finds the existing one where `how` allows it (NAME-18, CRE-01).
dispatcher* make_dispatcher(const dispatcher_request& request, failure& why);
/// Opens one by its name. The rights are some of dispatcher_rights.
dispatcher* open_dispatcher(detail::kind kind, const parsed_name& name, access rights,
                            failure& why);
/// Another handle to the same object.
dispatcher* duplicate_dispatcher(const dispatcher& from, access rights, failure& why);
/// Takes a native handle over; see include/isthmus/native.hpp.
dispatcher* adopt_dispatcher(detail::kind kind, native_handle_type handle, access rights,
                             failure& why);
creator_info dispatcher_creator(const dispatcher& from, failure& why);
native_handle_type dispatcher_handle(const dispatcher& from) noexcept;
/// Frees the handle in any case.
void close_dispatcher_state(dispatcher* state, failure& why) noexcept;
/// What the backend's fast ways work on; nullptr where they are closed.
void* dispatcher_word(dispatcher& state) noexcept;

/// Waits for one object: signaled, abandoned, timeout, or failed. The right has been checked.
wait_status wait_for_one(dispatcher& object, std::chrono::nanoseconds limit, failure& why);

/// "mutex", for messages.
std::string_view word_for(kind value) noexcept;

/// The rights are some that the kind has.
bool check_rights(kind what, access rights, failure& why);
/// The handle is not empty.
bool check_held(const dispatcher* state, std::string_view word, failure& why);
/// The handle is not empty and has the right.
bool check_may(const dispatcher* state, std::string_view word, access right, failure& why);

/// What the public forms below are made of; T is the public class, K its kind.
template <class T>
inline constexpr detail::kind kind_of{};

/// Options as a request, in src/<kind>.cpp. Checks the values.
template <class Options>
dispatcher_request request_of(const Options& options, failure& why);

/// The mode, if it is one.
reset_mode checked(reset_mode mode, failure& why);

dispatcher* make(dispatcher_request request, std::string_view name, scope where, verb how,
                 failure& why);
dispatcher* open(kind what, std::string_view name, scope where, access rights, failure& why);
dispatcher* open(kind what, std::string_view name, scope where, access rights,
                 std::chrono::nanoseconds limit, failure& why);
dispatcher* duplicate(kind what, const dispatcher* from, access rights, failure& why);

template <class T, class Options>
T made(const Options& options, verb how, failure& why) {
  const dispatcher_request request = request_of(options, why);
  return native_access::wrap<T>(why ? nullptr
                                    : make(request, options.name, options.scope, how, why));
}
template <class T, class Options>
T made(const Options& options, verb how) {
  const std::string_view function = how == verb::create ? "create" : "open_or_create";
  return throwing({word_for(kind_of<T>), function}, options.name,
                  [&](failure& why) { return made<T>(options, how, why); });
}
template <class T, class Options>
T made(const Options& options, verb how, std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) { return made<T>(options, how, why); });
}

/// `limit...` is nothing or a duration.
template <class T, class Options, class... Limit>
T opened(const Options& options, Limit... limit) {
  return throwing({word_for(kind_of<T>), "open"}, options.name, [&](failure& why) {
    return native_access::wrap<T>(
        open(kind_of<T>, options.name, options.scope, options.access, limit..., why));
  });
}
template <class T, class Options, class... Limit>
T opened(std::error_code& ec, const Options& options, Limit... limit) noexcept {
  return reporting(ec, [&](failure& why) {
    return native_access::wrap<T>(
        open(kind_of<T>, options.name, options.scope, options.access, limit..., why));
  });
}

template <class T>
T duplicated(const dispatcher* from, std::string_view name, access rights) {
  return throwing({word_for(kind_of<T>), "duplicate"}, name, [&](failure& why) {
    return native_access::wrap<T>(duplicate(kind_of<T>, from, rights, why));
  });
}
template <class T>
T duplicated(const dispatcher* from, access rights, std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) {
    return native_access::wrap<T>(duplicate(kind_of<T>, from, rights, why));
  });
}

/// An operation that needs the right to modify: `work(dispatcher&, failure&)`.
template <class T, class Work>
auto modified(dispatcher* state, std::string_view function, std::string_view name, Work&& work) {
  return throwing({word_for(kind_of<T>), function}, name, [&](failure& why) {
    using result = decltype(work(*state, why));
    if (!check_may(state, word_for(kind_of<T>), access::modify, why)) return result();
    return work(*state, why);
  });
}
template <class T, class Work>
auto modified(dispatcher* state, std::error_code& ec, Work&& work) noexcept {
  return reporting(ec, [&](failure& why) {
    using result = decltype(work(*state, why));
    if (!check_may(state, word_for(kind_of<T>), access::modify, why)) return result();
    return work(*state, why);
  });
}

}  // namespace isthmus::detail
