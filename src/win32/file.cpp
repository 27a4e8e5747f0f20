// SPDX-License-Identifier: MIT
#include "win32/file.hpp"

#include "win32/ntdll.hpp"

#include <string>

namespace isthmus::detail {
namespace {

bool is_folder(DWORD attributes) noexcept {
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace

unique_handle open_file(const std::filesystem::path& path, access pages, failure& why) {
  const DWORD rights = GENERIC_READ | (includes(pages, access::write) ? GENERIC_WRITE : 0) |
                       (includes(pages, access::execute) ? GENERIC_EXECUTE : 0);
  constexpr DWORD sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  unique_handle file(::CreateFileW(path.c_str(), rights, sharing, nullptr, OPEN_EXISTING,
                                   FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) {
    const int number = last_error();
    if (is_folder(::GetFileAttributesW(path.c_str()))) {
      why.set(errc::invalid_argument, "a folder, not a file");
    } else {
      why.set_native(number);
    }
  }
  return file;
}

bool check_file(HANDLE file, std::uint64_t size, access pages, failure& why) {
  BY_HANDLE_FILE_INFORMATION facts = {};
  if (file == nullptr || file == INVALID_HANDLE_VALUE || ::GetFileType(file) != FILE_TYPE_DISK ||
      !::GetFileInformationByHandle(file, &facts) || is_folder(facts.dwFileAttributes)) {
    why.set(errc::invalid_argument, "the handle is not that of a file");
    return false;
  }
  if (includes(pages, access::execute) && (granted_access(file) & FILE_EXECUTE) == 0) {
    why.set(errc::access_denied, "the file has not been opened for execution");
    return false;
  }
  const std::uint64_t length = std::uint64_t{facts.nFileSizeHigh} << 32 | facts.nFileSizeLow;
  if (size == 0 && length == 0) {
    why.set_native(ERROR_FILE_INVALID, "the file is empty");
    return false;
  }
  if (size > length && !includes(pages, access::write)) {
    why.set(errc::out_of_range, "the file has " + std::to_string(length) +
                                    " bytes, and only a writable section can extend it");
    return false;
  }
  return true;
}

}  // namespace isthmus::detail
