// SPDX-License-Identifier: MIT
#include "error.hpp"

namespace isthmus::veneer {
namespace {

thread_local DWORD last_error = ERROR_SUCCESS;

constexpr means usual[] = {
    {errc::already_exists, ERROR_ALREADY_EXISTS},
    {errc::not_found, ERROR_FILE_NOT_FOUND},
    {errc::wrong_kind, ERROR_INVALID_HANDLE},
    {errc::invalid_name, ERROR_INVALID_NAME},
    {errc::name_too_long, ERROR_FILENAME_EXCED_RANGE},
    {errc::invalid_argument, ERROR_INVALID_PARAMETER},
    {errc::access_denied, ERROR_ACCESS_DENIED},
    {errc::not_owner, ERROR_NOT_OWNER},
    {errc::limit_exceeded, ERROR_TOO_MANY_POSTS},
    {errc::out_of_range, ERROR_ACCESS_DENIED},  // a view that is too long (VIEW-12)
    {errc::not_enough_memory, ERROR_NOT_ENOUGH_MEMORY},
    {errc::no_space, ERROR_COMMITMENT_LIMIT},
    {errc::too_many_handles, ERROR_TOO_MANY_OPEN_FILES},
    {errc::address_in_use, ERROR_INVALID_ADDRESS},
    {errc::incompatible_version, ERROR_OLD_WIN_VERSION},
    {errc::damaged, ERROR_FILE_CORRUPT},
    {errc::untrusted, ERROR_ACCESS_DENIED},
    {errc::file_changed, ERROR_FILE_INVALID},
    {errc::busy, ERROR_BUSY},
    {errc::closed, ERROR_BROKEN_PIPE},
    {errc::not_supported, ERROR_NOT_SUPPORTED},
};

}  // namespace

DWORD number_of(const std::error_code& ec, std::initializer_list<means> special) noexcept {
  for (const means& known : special)
    if (ec == known.value) return known.number;
  for (const means& known : usual)
    if (ec == known.value) return known.number;
  return ERROR_GEN_FAILURE;
}

}  // namespace isthmus::veneer

DWORD GetLastError() { return isthmus::veneer::last_error; }

void SetLastError(DWORD number) { isthmus::veneer::last_error = number; }
