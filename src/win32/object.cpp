// SPDX-License-Identifier: MIT
#include "win32/object.hpp"

#include <algorithm>
#include <new>
#include <string_view>

namespace isthmus::detail {
namespace {

HANDLE duplicate(HANDLE from, DWORD rights, DWORD options) noexcept {
  const HANDLE here = ::GetCurrentProcess();
  HANDLE made = nullptr;
  return ::DuplicateHandle(here, from, here, &made, rights, FALSE, options) ? made : nullptr;
}

}  // namespace

object_name::object_name(const parsed_name& name) noexcept : named_(!name.text.empty()) {
  using namespace std::string_view_literals;
  if (!named_) return;
  const auto prefix = name.where == scope::global ? LR"(Global\)"sv : LR"(Local\)"sv;
  auto* const text = std::copy(prefix.begin(), prefix.end(), text_.data());
  // The name is UTF-8 of at most max_name_length bytes, so this fits and cannot fail.
  const int units =
      ::MultiByteToWideChar(CP_UTF8, 0, name.text.data(), static_cast<int>(name.text.size()), text,
                            static_cast<int>(max_name_length));
  text[units] = L'\0';
}

void report(int number, failure& why) {
  why.set_native(number);
  if (number == ERROR_ALREADY_EXISTS) why.detail = "an object of this name exists already";
  if (number == ERROR_FILE_NOT_FOUND) why.detail = "there is no object of this name";
  if (number == ERROR_INVALID_HANDLE) why.detail = "the name belongs to an object of another kind";
}

HANDLE duplicate_handle(HANDLE from, DWORD rights) noexcept { return duplicate(from, rights, 0); }

HANDLE duplicate_handle(HANDLE from) noexcept { return duplicate(from, 0, DUPLICATE_SAME_ACCESS); }

void close_handle(unique_handle& handle, failure& why) noexcept {
  if (::CloseHandle(handle.release())) return;
  why.code = make_error_code(errc::invalid_argument);
  try {
    why.detail = "the native handle has been closed by somebody else";
  } catch (const std::bad_alloc&) {
    why.detail.clear();  // the code says enough
  }
}

}  // namespace isthmus::detail
