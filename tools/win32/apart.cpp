// SPDX-License-Identifier: MIT
#include "../apart.hpp"

#include <windows.h>

#include <exception>

namespace tool {

apart_result run_apart(const std::function<std::string()>& what) {
  try {
    return {true, what()};
  } catch (const std::exception& failure) {
    return {false, failure.what()};
  }
}

std::filesystem::path own_program() {
  std::wstring path(32768, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

void remember_program(const char*) {}

}  // namespace tool
