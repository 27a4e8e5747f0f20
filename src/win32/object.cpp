// SPDX-License-Identifier: MIT
#include "object.hpp"

#include <algorithm>
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
  const int units = ::MultiByteToWideChar(CP_UTF8, 0, name.text.data(),
                                          static_cast<int>(name.text.size()), text,
                                          static_cast<int>(max_name_length));
  text[units] = L'\0';
}

HANDLE duplicate_handle(HANDLE from, DWORD rights) noexcept { return duplicate(from, rights, 0); }

HANDLE duplicate_handle(HANDLE from) noexcept {
  return duplicate(from, 0, DUPLICATE_SAME_ACCESS);
}

}  // namespace isthmus::detail
