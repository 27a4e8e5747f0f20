// SPDX-License-Identifier: MIT
#include "name.hpp"

#include "text.hpp"

#include <isthmus/name.hpp>

#include <string_view>

namespace isthmus::veneer {
namespace {

constexpr std::size_t most_bytes = MAX_PATH;  // of the A forms (NAME-15)
constexpr std::size_t most_units = 32766;     // of the W forms

/// The number for a name of a wrong form; ERROR_SUCCESS for all others.
DWORD refusal(std::string_view name) noexcept {
  if (name.empty()) return ERROR_SUCCESS;
  if (name.front() == '\\') return ERROR_BAD_PATHNAME;  // NAME-07
  if (name == "Local" || name == "Global" || name == "Session") return ERROR_INVALID_HANDLE;
  bool prefixed = false;
  for (const std::string_view prefix : {"Local\\", "Global\\"})
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      prefixed = true;
      break;
    }
  if (prefixed && (name.empty() || name.front() == '\\')) return ERROR_INVALID_NAME;  // NAME-08
  if (name.find('\\') != std::string_view::npos) return ERROR_PATH_NOT_FOUND;  // NAME-06, -10, -13
  return name.size() > max_name_length ? ERROR_FILENAME_EXCED_RANGE : ERROR_SUCCESS;
}

}  // namespace

object_name name_of(LPCSTR name) {
  if (name == nullptr) return {};
  object_name result{true, name};
  if (result.text.size() > most_bytes)
    result.error = ERROR_FILENAME_EXCED_RANGE;
  else if (!is_utf8(result.text))
    result.error = ERROR_INVALID_NAME;
  else
    result.error = refusal(result.text);
  return result;
}

object_name name_of(LPCWSTR name) {
  if (name == nullptr) return {};
  object_name result{true};
  const std::u16string_view units(name);
  if (units.size() > most_units || !to_utf8(units, result.text))
    result.error = ERROR_INVALID_NAME;
  else
    result.error = refusal(result.text);
  return result;
}

}  // namespace isthmus::veneer
