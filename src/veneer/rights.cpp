// SPDX-License-Identifier: MIT
#include "rights.hpp"

namespace isthmus::veneer {
namespace {

constexpr rights_map mutex_rights = {0x1 | READ_CONTROL, READ_CONTROL, READ_CONTROL | SYNCHRONIZE,
                                     MUTEX_ALL_ACCESS};
constexpr rights_map signal_rights = {  // event, semaphore, timer: of the same values
    0x1 | READ_CONTROL, EVENT_MODIFY_STATE | READ_CONTROL, READ_CONTROL | SYNCHRONIZE,
    EVENT_ALL_ACCESS};
constexpr rights_map section_rights = {
    SECTION_QUERY | SECTION_MAP_READ | READ_CONTROL, SECTION_MAP_WRITE | READ_CONTROL,
    SECTION_MAP_EXECUTE | READ_CONTROL, SECTION_ALL_ACCESS | SECTION_MAP_EXECUTE_EXPLICIT};
constexpr rights_map process_rights = {PROCESS_QUERY_INFORMATION | READ_CONTROL,
                                       0x0002A | READ_CONTROL, READ_CONTROL | SYNCHRONIZE,
                                       PROCESS_ALL_ACCESS};
constexpr rights_map thread_rights = {THREAD_QUERY_INFORMATION | READ_CONTROL,
                                      0x0016 | READ_CONTROL, READ_CONTROL | SYNCHRONIZE,
                                      THREAD_ALL_ACCESS};
constexpr rights_map file_rights = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                    FILE_ALL_ACCESS};

}  // namespace

const rights_map& rights_of(entry_kind kind) noexcept {
  switch (kind) {
    case entry_kind::section:
      return section_rights;
    case entry_kind::mutex:
      return mutex_rights;
    case entry_kind::semaphore:
    case entry_kind::event:
    case entry_kind::timer:
      return signal_rights;
    case entry_kind::process:
      return process_rights;
    case entry_kind::thread:
      return thread_rights;
    case entry_kind::file:
      break;
  }
  return file_rights;
}

DWORD resolve_rights(DWORD asked, const rights_map& map, DWORD& granted) noexcept {
  if ((asked & access_system_security) != 0) return ERROR_PRIVILEGE_NOT_HELD;
  granted = asked & ~generic_rights;
  if ((asked & GENERIC_READ) != 0) granted |= map.read;
  if ((asked & GENERIC_WRITE) != 0) granted |= map.write;
  if ((asked & GENERIC_EXECUTE) != 0) granted |= map.execute;
  if ((asked & (GENERIC_ALL | MAXIMUM_ALLOWED)) != 0) granted |= map.all;
  return granted == 0 || (granted & ~map.all) != 0 ? ERROR_ACCESS_DENIED : ERROR_SUCCESS;
}

access access_of(entry_kind kind, DWORD granted) noexcept {
  access result = access::none;
  const auto add = [&](DWORD bit, access right) {
    if ((granted & bit) != 0) result = result | right;
  };
  if (kind == entry_kind::section) {
    add(SECTION_MAP_READ, access::read);
    add(SECTION_MAP_WRITE, access::write);
    add(SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT, access::execute);
    return result == access::none ? access::read : result;
  }
  add(SYNCHRONIZE, access::wait);
  add(EVENT_MODIFY_STATE, access::modify);
  if (kind == entry_kind::process) add(PROCESS_TERMINATE, access::modify);
  return result == access::none ? access::wait : result;
}

}  // namespace isthmus::veneer
