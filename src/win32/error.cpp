// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "win32/windows.hpp"

namespace isthmus::detail {
namespace {

constexpr int mutant_limit_exceeded = 587;  // ERROR_MUTANT_LIMIT_EXCEEDED, which MinGW lacks

}  // namespace

bool native_means(int number, errc value) noexcept {
  switch (number) {
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
      return value == errc::already_exists;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
      return value == errc::not_found;
    case ERROR_INVALID_HANDLE:
      return value == errc::wrong_kind;  // by name; see NAME-17
    case ERROR_BAD_PATHNAME:
    case ERROR_INVALID_NAME:
      return value == errc::invalid_name;
    case ERROR_FILENAME_EXCED_RANGE:
      return value == errc::name_too_long;
    case ERROR_BAD_ARGUMENTS:
    case ERROR_FILE_INVALID:
    case ERROR_INVALID_PARAMETER:
    case ERROR_MAPPED_ALIGNMENT:
    case ERROR_NOACCESS:
      return value == errc::invalid_argument;
    case ERROR_ACCESS_DENIED:
    case ERROR_INVALID_OWNER:
    case ERROR_PRIVILEGE_NOT_HELD:
    case ERROR_WRITE_PROTECT:
      return value == errc::access_denied;
    case ERROR_NOT_OWNER:
      return value == errc::not_owner;
    case mutant_limit_exceeded:
    case ERROR_TOO_MANY_POSTS:
      return value == errc::limit_exceeded;
    // What there is too little of depends on what was asked for.
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NOT_ENOUGH_MEMORY:
      return value == errc::not_enough_memory || value == errc::no_space;
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_NOT_ENOUGH_QUOTA:
    case ERROR_OUTOFMEMORY:
    case ERROR_WORKING_SET_QUOTA:
      return value == errc::not_enough_memory;
    case ERROR_DISK_FULL:
    case ERROR_FILE_TOO_LARGE:
    case ERROR_HANDLE_DISK_FULL:
      return value == errc::no_space;
    case ERROR_TOO_MANY_OPEN_FILES:
      return value == errc::too_many_handles;
    case ERROR_INVALID_ADDRESS:
      return value == errc::address_in_use;
    case ERROR_BUSY:
    case ERROR_PIPE_BUSY:
    case ERROR_LOCK_VIOLATION:
    case ERROR_SHARING_VIOLATION:
    case ERROR_USER_MAPPED_FILE:
      return value == errc::busy;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
      return value == errc::closed;
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_INVALID_FUNCTION:
    case ERROR_NOT_SUPPORTED:
      return value == errc::not_supported;
    default:
      return false;
  }
}

}  // namespace isthmus::detail
