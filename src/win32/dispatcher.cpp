// SPDX-License-Identifier: MIT
#include "dispatcher.hpp"

#include "win32/ntdll.hpp"
#include "win32/object.hpp"
#include "win32/open_dispatcher.hpp"
#include "win32/process_handle.hpp"
#include "win32/security.hpp"

#include <memory>
#include <utility>

namespace isthmus::detail {
namespace {

HANDLE handle_of(const dispatcher& state) noexcept {
  return static_cast<const win32_dispatcher&>(state).handle.get();
}

using open_call = HANDLE(WINAPI*)(DWORD, BOOL, LPCWSTR);

/// What the system knows a kind by, and its rights besides SYNCHRONIZE (ACL-01).
struct kind_facts {
  const wchar_t* type;
  open_call open;
  DWORD modify;
  DWORD all;
};

kind_facts facts_of(kind what) noexcept {
  switch (what) {
    case kind::semaphore:
      return {L"Semaphore", ::OpenSemaphoreW, SEMAPHORE_MODIFY_STATE, SEMAPHORE_ALL_ACCESS};
    case kind::event:
      return {L"Event", ::OpenEventW, EVENT_MODIFY_STATE, EVENT_ALL_ACCESS};
    case kind::timer:
      return {L"Timer", ::OpenWaitableTimerW, TIMER_MODIFY_STATE, TIMER_ALL_ACCESS};
    default:
      return {L"Mutant", ::OpenMutexW, MUTEX_MODIFY_STATE, MUTEX_ALL_ACCESS};
  }
}

DWORD rights_of(kind what, access wanted) noexcept {
  return (includes(wanted, access::wait) ? SYNCHRONIZE : 0) |
         (includes(wanted, access::modify) ? facts_of(what).modify : 0);
}

circles permitted(kind what) noexcept {
  const kind_facts facts = facts_of(what);
  return {facts.all, READ_CONTROL | SYNCHRONIZE | facts.modify, READ_CONTROL | SYNCHRONIZE};
}

HANDLE create(const dispatcher_request& request, SECURITY_ATTRIBUTES* attributes,
              const wchar_t* name, DWORD rights) noexcept {
  const bool manual = request.mode == reset_mode::manual;
  switch (request.kind) {
    case kind::semaphore:
      return ::CreateSemaphoreExW(attributes, request.count, request.maximum, name, 0, rights);
    case kind::event:
      return ::CreateEventExW(
          attributes, name,
          (manual ? CREATE_EVENT_MANUAL_RESET : 0) | (request.set ? CREATE_EVENT_INITIAL_SET : 0),
          rights);
    case kind::timer:
      return ::CreateWaitableTimerExW(attributes, name,
                                      manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0, rights);
    default:
      return ::CreateMutexExW(attributes, name, request.owned ? CREATE_MUTEX_INITIAL_OWNER : 0,
                              rights);
  }
}

dispatcher* wrap(kind what, unique_handle handle, object_info info) {
  auto state = std::make_unique<win32_dispatcher>();
  state->kind = what;
  state->handle = std::move(handle);
  state->info = std::move(info);
  return state.release();
}

}  // namespace

dispatcher* make_dispatcher(const dispatcher_request& request, failure& why) {
  security descriptor(request.permissions, permitted(request.kind), why);
  if (why) return nullptr;
  const object_name name(request.name);
  auto made = obtain(rights_of(request.kind, dispatcher_rights), READ_CONTROL, [&](DWORD rights) {
    return create(request, descriptor.attributes(), name.get(), rights);
  });
  const bool existed = made.handle && made.error == ERROR_ALREADY_EXISTS;
  if (!made.handle || (existed && request.how == verb::create)) {
    report(made.error, why);
    return nullptr;
  }
  return wrap(request.kind, std::move(made.handle),
              {std::string(request.name.text), request.name.where, dispatcher_rights, !existed});
}

dispatcher* open_dispatcher(detail::kind kind, const parsed_name& name, access rights,
                            failure& why) {
  const object_name full(name);
  auto found = obtain(rights_of(kind, rights), READ_CONTROL,
                      [&](DWORD mask) { return facts_of(kind).open(mask, FALSE, full.get()); });
  if (!found.handle) {
    report(found.error, why);
    return nullptr;
  }
  return wrap(kind, std::move(found.handle), {std::string(name.text), name.where, rights, false});
}

dispatcher* duplicate_dispatcher(const dispatcher& from, access rights, failure& why) {
  const HANDLE handle = handle_of(from);
  auto made = obtain(rights_of(from.kind, rights), READ_CONTROL, [&](DWORD mask) {
    return rights == from.info.access ? duplicate_handle(handle) : duplicate_handle(handle, mask);
  });
  if (!made.handle) {
    why.set_native(made.error);
    return nullptr;
  }
  return wrap(from.kind, std::move(made.handle), {from.info.name, from.info.where, rights, false});
}

dispatcher* adopt_dispatcher(detail::kind kind, native_handle_type handle, access rights,
                             failure& why) {
  if (!check_kind(handle, facts_of(kind).type, why)) return nullptr;
  const DWORD mask = rights_of(kind, rights);
  if (mask == 0 || (granted_access(handle) & mask) != mask) {
    why.set(errc::access_denied, "the handle lacks these rights");
    return nullptr;
  }
  auto state = std::make_unique<win32_dispatcher>();
  state->kind = kind;
  state->info.access = rights & dispatcher_rights;
  state->handle = unique_handle(handle);
  return state.release();
}

creator_info dispatcher_creator(const dispatcher& from, failure& why) {
  if (from.kind == kind::process) {
    why.set(errc::not_supported, "a process is no object that has a creator");
    return {};
  }
  return {owner_of(handle_of(from), why), std::nullopt};
}

native_handle_type dispatcher_handle(const dispatcher& from) noexcept { return handle_of(from); }

void close_dispatcher_state(dispatcher* state, failure& why) noexcept {
  auto* const mine = static_cast<win32_dispatcher*>(state);
  if (mine != nullptr) close_handle(mine->handle, why);
  if (mine != nullptr && mine->kind == kind::process) return delete_process(*mine);
  delete mine;
}

void* dispatcher_word(dispatcher&) noexcept { return nullptr; }

}  // namespace isthmus::detail
