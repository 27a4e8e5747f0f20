// SPDX-License-Identifier: MIT
#include "../mutex.hpp"

#include "ntdll.hpp"
#include "object.hpp"
#include "security.hpp"
#include "wait.hpp"

#include <memory>
#include <utility>

namespace isthmus::detail {
namespace {

struct win32_mutex : mutex_state {
  unique_handle handle;
};

const win32_mutex& own(const mutex_state& state) noexcept {
  return static_cast<const win32_mutex&>(state);
}

constexpr access every_right = access::wait | access::modify;

DWORD rights_of(access wanted) noexcept {
  return (includes(wanted, access::wait) ? SYNCHRONIZE : 0) |
         (includes(wanted, access::modify) ? MUTEX_MODIFY_STATE : 0);
}

constexpr circles permitted{MUTEX_ALL_ACCESS, READ_CONTROL | SYNCHRONIZE | MUTEX_MODIFY_STATE,
                            READ_CONTROL | SYNCHRONIZE};

mutex_state* wrap(unique_handle handle, object_info info) {
  auto state = std::make_unique<win32_mutex>();
  state->handle = std::move(handle);
  state->info = std::move(info);
  return state.release();
}

}  // namespace

mutex_state* make_mutex(const mutex_request& request, failure& why) {
  security descriptor(request.permissions, permitted, why);
  if (why) return nullptr;
  const object_name name(request.name);
  const DWORD flags = request.initially_owned ? CREATE_MUTEX_INITIAL_OWNER : 0;
  auto made = obtain(rights_of(every_right), READ_CONTROL, [&](DWORD rights) {
    return ::CreateMutexExW(descriptor.attributes(), name.get(), flags, rights);
  });
  const bool existed = made.handle && made.error == ERROR_ALREADY_EXISTS;
  if (!made.handle || (existed && request.how == verb::create)) {
    report(made.error, why);
    return nullptr;
  }
  return wrap(std::move(made.handle),
              {std::string(request.name.text), request.name.where, every_right, !existed});
}

mutex_state* open_mutex(const parsed_name& name, access rights, failure& why) {
  const object_name full(name);
  auto found = obtain(rights_of(rights), READ_CONTROL,
                      [&](DWORD mask) { return ::OpenMutexW(mask, FALSE, full.get()); });
  if (!found.handle) {
    report(found.error, why);
    return nullptr;
  }
  return wrap(std::move(found.handle), {std::string(name.text), name.where, rights, false});
}

mutex_state* duplicate_mutex(const mutex_state& from, access rights, failure& why) {
  const HANDLE handle = own(from).handle.get();
  auto made = obtain(rights_of(rights), READ_CONTROL, [&](DWORD mask) {
    return rights == from.info.access ? duplicate_handle(handle) : duplicate_handle(handle, mask);
  });
  if (!made.handle) {
    why.set_native(made.error);
    return nullptr;
  }
  return wrap(std::move(made.handle), {from.info.name, from.info.where, rights, false});
}

mutex_state* adopt_mutex(native_handle_type handle, access rights, failure& why) {
  if (!check_kind(handle, L"Mutant", why)) return nullptr;
  const DWORD mask = rights_of(rights);
  if (mask == 0 || (granted_access(handle) & mask) != mask) {
    why.set(errc::access_denied, "the handle lacks these rights");
    return nullptr;
  }
  auto state = std::make_unique<win32_mutex>();
  state->info.access = rights & every_right;
  state->handle = unique_handle(handle);
  return state.release();
}

creator_info mutex_creator(const mutex_state& from, failure& why) {
  return {owner_of(own(from).handle.get(), why), std::nullopt};
}

native_handle_type mutex_handle(const mutex_state& from) noexcept { return own(from).handle.get(); }

void close_mutex_state(mutex_state* state, failure& why) noexcept {
  auto* const mine = static_cast<win32_mutex*>(state);
  if (mine != nullptr) close_handle(mine->handle, why);
  delete mine;
}

void* mutex_word(mutex_state&) noexcept { return nullptr; }

wait_status lock_mutex(mutex_state& state, std::chrono::nanoseconds limit, failure& why) {
  switch (wait_on(own(state).handle.get(), limit)) {
    case WAIT_OBJECT_0:
      return wait_status::signaled;
    case WAIT_ABANDONED:
      return wait_status::abandoned;
    case WAIT_TIMEOUT:
      return wait_status::timeout;
    default:
      why.set_native(last_error());
      return wait_status::failed;
  }
}

void unlock_mutex(mutex_state& state, failure& why) {
  const int number = release_mutex(own(state).handle.get());
  if (number != 0) why.set_native(number);
}

std::optional<last_owner_info> mutex_last_owner(const mutex_state&, failure&) {
  return std::nullopt;  // the system does not remember
}

}  // namespace isthmus::detail
