// SPDX-License-Identifier: MIT
#include "inherited.hpp"

#include "win32/handle.hpp"

#include "process.hpp"
#include "win32/object.hpp"
#include "win32/text.hpp"

#include <string>

namespace isthmus::detail {

std::string own_hint() {
  failure none;
  const std::wstring name = widen(hint_variable, none);
  std::wstring value(::GetEnvironmentVariableW(name.c_str(), nullptr, 0), L'\0');
  if (value.empty()) return {};
  value.resize(
      ::GetEnvironmentVariableW(name.c_str(), value.data(), static_cast<DWORD>(value.size())));
  return narrow(value);
}

/// Its value is the same in the child.
bool make_ready(carrier& what, failure& why) {
  if (::SetHandleInformation(what.get(), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) return true;
  why.set_native(last_error());
  return false;
}

std::uint64_t number_of(native_handle_type handle) noexcept {
  return reinterpret_cast<std::uintptr_t>(handle);
}

native_handle_type handle_of(std::uint64_t number) noexcept {
  // Handles have 32 bits, also between programs of different word size.
  return number <= 0x7FFFFFFF ? handle_with(number) : nullptr;
}

carrier copy_inherited(native_handle_type handle) noexcept {
  return handle != nullptr ? carrier(duplicate_handle(handle)) : carrier();
}

/// The values of handles are the child's own from its first moment: nothing else can lie there.
std::array<std::uint64_t, 2> identity_of(native_handle_type /*handle*/) noexcept { return {}; }

std::uint32_t this_process_id() noexcept { return ::GetCurrentProcessId(); }

}  // namespace isthmus::detail
