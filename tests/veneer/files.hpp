// SPDX-License-Identifier: MIT
//
// Files as the tests want them: both forms of CreateFile, and a file with some bytes.
#pragma once

#include "mappings.hpp"
#include "support/files.hpp"

#include <string>

namespace veneer_tests {

constexpr DWORD all_shares = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr DWORD read_write = GENERIC_READ | GENERIC_WRITE;

struct file_form {
  const char* word;
  HANDLE (*create)(const std::string& path, DWORD rights, DWORD disposition, DWORD flags);
  BOOL (*remove)(const std::string& path);
};

inline constexpr file_form file_forms[] = {
    {"A",
     [](const std::string& path, DWORD rights, DWORD disposition, DWORD flags) {
       return CreateFileA(path.c_str(), rights, all_shares, nullptr, disposition, flags, nullptr);
     },
     [](const std::string& path) { return DeleteFileA(path.c_str()); }},
    {"W",
     [](const std::string& path, DWORD rights, DWORD disposition, DWORD flags) {
       return CreateFileW(wide(path.c_str()), rights, all_shares, nullptr, disposition, flags,
                          nullptr);
     },
     [](const std::string& path) { return DeleteFileW(wide(path.c_str())); }},
};

[[nodiscard]] inline HANDLE open_file(const std::string& path, DWORD rights = read_write,
                                      DWORD disposition = OPEN_EXISTING, DWORD flags = 0) {
  return file_forms[0].create(path, rights, disposition, flags);
}

/// The last error of an open that is to fail.
template <class Call>
DWORD file_refusal(Call&& call) {
  SetLastError(untouched);
  const handle made(std::forward<Call>(call)());
  const DWORD error = GetLastError();
  return made == INVALID_HANDLE_VALUE ? error : not_refused;
}

inline LONGLONG size_of(HANDLE file) {
  LARGE_INTEGER size = {};
  return GetFileSizeEx(file, &size) != FALSE ? size.QuadPart : -1;
}

/// Ends the file there.
inline BOOL cut(HANDLE file, LONG size) {
  SetFilePointer(file, size, nullptr, FILE_BEGIN);
  return SetEndOfFile(file);
}

/// A folder with one file.
struct one_file {
  explicit one_file(const std::string& content) : path(folder.file("file", content)) {}
  [[nodiscard]] std::string name() const { return support::to_text(path); }
  [[nodiscard]] std::string bytes() const { return support::read_file(path); }

  support::temporary_folder folder;
  std::filesystem::path path;
};

}  // namespace veneer_tests
