// SPDX-License-Identifier: MIT
#include "win32/environment.hpp"

#include "process.hpp"
#include "win32/text.hpp"
#include "win32/windows.hpp"

#include <map>
#include <string_view>

namespace isthmus::detail {
namespace {

/// The system tells variables apart without regard to case.
struct by_name {
  bool operator()(const std::wstring& a, const std::wstring& b) const noexcept {
    return ::CompareStringOrdinal(a.data(), static_cast<int>(a.size()), b.data(),
                                  static_cast<int>(b.size()), TRUE) == CSTR_LESS_THAN;
  }
};
using variables = std::map<std::wstring, std::wstring, by_name>;

variables own_variables() {
  variables all;
  wchar_t* const block = ::GetEnvironmentStringsW();
  if (block == nullptr) return all;
  for (const wchar_t* entry = block; *entry != L'\0';) {
    const std::wstring_view text(entry);
    // Some names begin with '=': the directories of drives.
    const auto sign = text.find(L'=', 1);
    if (sign != text.npos) all.emplace(text.substr(0, sign), text.substr(sign + 1));
    entry += text.size() + 1;
  }
  ::FreeEnvironmentStringsW(block);
  return all;
}

}  // namespace

std::wstring environment_block(const process_options& options, const std::string& hint,
                               failure& why) {
  variables all = options.empty_environment ? variables() : own_variables();
  for (const auto& [name, value] : options.environment) {
    const std::wstring wide = widen(name, why);
    if (value)
      all[wide] = widen(*value, why);
    else
      all.erase(wide);
  }
  // What this process has inherited is not for its children.
  const std::wstring hint_name = widen(hint_variable, why);
  all.erase(hint_name);
  if (!hint.empty()) all[hint_name] = widen(hint, why);
  std::wstring block;
  for (const auto& [name, value] : all) {
    block += name;
    block += L'=';
    block += value;
    block += L'\0';
  }
  if (block.empty()) block += L'\0';
  return block + L'\0';
}

}  // namespace isthmus::detail
