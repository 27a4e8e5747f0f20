// SPDX-License-Identifier: MIT
//
// This program's place, arguments and environment.
#include "../command_line.hpp"
#include "../error.hpp"
#include "../text.hpp"
#include "own.hpp"

#include <isthmus/win32.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>

namespace isthmus::veneer {
namespace {

/// A text of the system's for either form. Bytes that are no UTF-8 have no wide form.
template <class Char>
std::basic_string<Char> form(const std::string& text);
template <>
std::string form(const std::string& text) {
  return text;
}
template <>
std::u16string form(const std::string& text) {
  std::u16string made;
  if (!to_utf16(text, made)) throw std::system_error(make_error_code(errc::invalid_name));
  return made;
}

std::string system_text(LPCSTR text) { return text; }
std::string system_text(LPCWSTR text) {
  std::string made;
  if (!to_utf8(text, made)) throw std::system_error(make_error_code(errc::invalid_name));
  return made;
}

/// Its length; or, where there is no room for it and a zero, the size that it needs.
template <class Char>
DWORD give(const std::string& text, Char* buffer, DWORD size) {
  const auto made = form<Char>(text);
  if (size <= made.size()) return static_cast<DWORD>(made.size() + 1);
  *std::copy(made.begin(), made.end(), buffer) = 0;
  return static_cast<DWORD>(made.size());
}

template <class Char>
DWORD temp_path(DWORD size, Char* buffer) {
  return guarded([&] {
    const char* const wanted = ::getenv("TMPDIR");
    std::string path = wanted != nullptr && *wanted != '\0' ? wanted : "/tmp";
    if (path.back() != '/') path += '/';
    return give(path, buffer, size);
  });
}

template <class Char>
DWORD module_name(HMODULE module, Char* buffer, DWORD size) {
  return guarded([&]() -> DWORD {
    if (module != nullptr) return SetLastError(ERROR_MOD_NOT_FOUND), 0;
    const auto made = form<Char>(own_program());
    if (size == 0) return SetLastError(ERROR_INSUFFICIENT_BUFFER), 0;
    const auto length = std::min<std::size_t>(made.size(), size - 1);
    *std::copy_n(made.begin(), length, buffer) = 0;
    if (length == made.size()) return static_cast<DWORD>(length);
    return SetLastError(ERROR_INSUFFICIENT_BUFFER), size;
  });
}

template <class Char>
DWORD get_variable(const Char* name, Char* buffer, DWORD size) {
  return guarded([&]() -> DWORD {
    const char* const value = name != nullptr ? ::getenv(system_text(name).c_str()) : nullptr;
    if (value == nullptr) return SetLastError(ERROR_ENVVAR_NOT_FOUND), 0;
    return give(std::string(value), buffer, size);
  });
}

template <class Char>
BOOL set_variable(const Char* name, const Char* value) {
  return guarded([&]() -> BOOL {
    const std::string text = name != nullptr ? system_text(name) : std::string();
    if (text.empty() || text.find('=') != text.npos) return fail(ERROR_INVALID_PARAMETER);
    const int result = value != nullptr ? ::setenv(text.c_str(), system_text(value).c_str(), 1)
                                        : ::unsetenv(text.c_str());
    return result == 0 ? TRUE : fail(ERROR_NOT_ENOUGH_MEMORY);
  });
}

/// Made once; it stays.
template <class Char>
Char* own_line() {
  return guarded([&]() -> Char* {
    static auto* const line = new std::basic_string<Char>(form<Char>(joined(own_arguments())));
    return line->data();
  });
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

DWORD GetTempPathA(DWORD size, LPSTR buffer) { return temp_path(size, buffer); }
DWORD GetTempPathW(DWORD size, LPWSTR buffer) { return temp_path(size, buffer); }

DWORD GetModuleFileNameA(HMODULE module, LPSTR buffer, DWORD size) {
  return module_name(module, buffer, size);
}
DWORD GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD size) {
  return module_name(module, buffer, size);
}

DWORD GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size) {
  return get_variable(name, buffer, size);
}
DWORD GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size) {
  return get_variable(name, buffer, size);
}
BOOL SetEnvironmentVariableA(LPCSTR name, LPCSTR value) { return set_variable(name, value); }
BOOL SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value) { return set_variable(name, value); }

LPSTR GetCommandLineA() { return own_line<char>(); }
LPWSTR GetCommandLineW() { return own_line<char16_t>(); }
