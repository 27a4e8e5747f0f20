// SPDX-License-Identifier: MIT
#include "transfer.hpp"

#include "win32/windows.hpp"

#include <memory>
#include <utility>

namespace isthmus::detail {
namespace {

/// A duplicate with the rights of the parcel becomes the carrier: its handle outlives its state.
template <class State, class HandleOf, class Free>
bool pack_duplicate(std::unique_ptr<State, Free> made, HandleOf handle_of, parcel& into) {
  if (!made) return false;
  const HANDLE here = ::GetCurrentProcess();
  HANDLE kept = nullptr;
  ::DuplicateHandle(here, handle_of(*made), here, &kept, 0, FALSE, DUPLICATE_SAME_ACCESS);
  into.carriers[0] = carrier(kept);
  return kept != nullptr;
}

/// What the handle cannot tell itself.
void complete(object_info& info, parcel& what) {
  info.name = std::move(what.name);
  info.where = what.where;
}

}  // namespace

void close_carrier(native_handle_type handle) noexcept { ::CloseHandle(handle); }

bool pack_section(const section_state& from, access rights, parcel& made, failure& why) {
  std::unique_ptr<section_state, close_section> copy(duplicate_section(from, rights, why));
  made.pages = rights;
  if (pack_duplicate(std::move(copy), section_handle, made)) return true;
  if (!why) why.set_native(last_error());
  return false;
}

bool pack_dispatcher(const dispatcher& from, access rights, parcel& made, failure& why) {
  std::unique_ptr<dispatcher, close_dispatcher> copy(duplicate_dispatcher(from, rights, why));
  if (pack_duplicate(std::move(copy), dispatcher_handle, made)) return true;
  if (!why) why.set_native(last_error());
  return false;
}

section_state* unpack_section(parcel& what, failure& why) {
  section_state* const made = adopt_section(what.carriers[0].get(), what.access, why);
  if (made == nullptr) return nullptr;
  static_cast<void>(what.carriers[0].release());
  complete(made->info, what);
  return made;
}

dispatcher* unpack_dispatcher(kind of, parcel& what, failure& why) {
  dispatcher* const made = adopt_dispatcher(of, what.carriers[0].get(), what.access, why);
  if (made == nullptr) return nullptr;
  static_cast<void>(what.carriers[0].release());
  complete(made->info, what);
  return made;
}

}  // namespace isthmus::detail
