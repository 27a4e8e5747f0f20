// SPDX-License-Identifier: MIT
//
// Sections and views as the tests want them: both forms of the calls, and views that go with their
// scope.
#pragma once

#include "calls.hpp"
#include "kinds.hpp"
#include "support.hpp"

#include <cstdint>
#include <utility>

namespace veneer_tests {

struct mapping_form {
  const char* word;
  HANDLE(*create)
  (HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection, std::uint64_t size,
   const char* name);
  HANDLE (*open)(DWORD rights, BOOL inheritable, const char* name);
};

inline constexpr mapping_form mapping_forms[] = {
    {"A",
     [](HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection, std::uint64_t size,
        const char* name) {
       return CreateFileMappingA(file, attributes, protection, static_cast<DWORD>(size >> 32),
                                 static_cast<DWORD>(size), name);
     },
     [](DWORD rights, BOOL inheritable, const char* name) {
       return OpenFileMappingA(rights, inheritable, name);
     }},
    {"W",
     [](HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection, std::uint64_t size,
        const char* name) {
       return CreateFileMappingW(file, attributes, protection, static_cast<DWORD>(size >> 32),
                                 static_cast<DWORD>(size), wide(name));
     },
     [](DWORD rights, BOOL inheritable, const char* name) {
       return OpenFileMappingW(rights, inheritable, wide(name));
     }},
};

/// Memory, made or found.
[[nodiscard]] inline HANDLE memory(std::uint64_t size, DWORD protection = PAGE_READWRITE,
                                   const std::string& name = {}) {
  return mapping_forms[0].create(INVALID_HANDLE_VALUE, nullptr, protection, size,
                                 name.empty() ? nullptr : name.c_str());
}
[[nodiscard]] inline HANDLE open_memory(DWORD rights, const std::string& name) {
  return OpenFileMappingA(rights, FALSE, name.c_str());
}

/// A view that is unmapped with its scope.
class mapped {
 public:
  explicit mapped(HANDLE section, DWORD access = FILE_MAP_WRITE, std::uint64_t offset = 0,
                  SIZE_T length = 0, LPVOID address = nullptr)
      : base_(MapViewOfFileEx(section, access, static_cast<DWORD>(offset >> 32),
                              static_cast<DWORD>(offset), length, address)) {}
  mapped(mapped&& other) noexcept : base_(std::exchange(other.base_, nullptr)) {}
  ~mapped() {
    if (base_ != nullptr) UnmapViewOfFile(base_);
  }

  explicit operator bool() const { return base_ != nullptr; }
  [[nodiscard]] volatile char* data() const { return static_cast<volatile char*>(base_); }
  [[nodiscard]] LPVOID base() const { return base_; }
  [[nodiscard]] MEMORY_BASIC_INFORMATION facts(SIZE_T offset = 0) const {
    MEMORY_BASIC_INFORMATION result = {};
    VirtualQuery(static_cast<char*>(base_) + offset, &result, sizeof result);
    return result;
  }
  bool unmap() { return UnmapViewOfFile(std::exchange(base_, nullptr)) != FALSE; }

 private:
  LPVOID base_;
};

/// The last error of a mapping that is to fail.
inline DWORD map_refusal(HANDLE section, DWORD access = FILE_MAP_WRITE, std::uint64_t offset = 0,
                         SIZE_T length = 0, LPVOID address = nullptr) {
  SetLastError(untouched);
  const mapped made(section, access, offset, length, address);
  return made ? not_refused : GetLastError();
}

/// Bytes in whole pages.
inline SIZE_T whole_pages(SIZE_T bytes) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return (bytes + system.dwPageSize - 1) / system.dwPageSize * system.dwPageSize;
}

inline constexpr SIZE_T KiB = 1024;
inline constexpr DWORD all_protections[] = {PAGE_READONLY,          PAGE_READWRITE,
                                            PAGE_WRITECOPY,         PAGE_EXECUTE_READ,
                                            PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};

}  // namespace veneer_tests
