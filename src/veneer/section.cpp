// SPDX-License-Identifier: MIT
#include <isthmus/section.hpp>

#include "file.hpp"
#include "object.hpp"

#include <optional>

namespace isthmus::veneer {
namespace {

constexpr DWORD section_flags = SEC_FILE | SEC_IMAGE | 0x02000000u | SEC_RESERVE | SEC_COMMIT |
                                SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES;

/// What a protection means (SEC-14): for the pages, for the handle (SEC-33), for the file (SEC-11).
struct protection {
  DWORD value;
  access pages;
  DWORD rights;
  DWORD file;
};

constexpr DWORD base_rights = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
constexpr protection protections[] = {
    {PAGE_READONLY, access::read, base_rights, FILE_READ_DATA},
    {PAGE_READWRITE, access::read | access::write, base_rights | SECTION_MAP_WRITE,
     FILE_READ_DATA | FILE_WRITE_DATA},
    {PAGE_WRITECOPY, access::read | access::copy, base_rights, FILE_READ_DATA},
    {PAGE_EXECUTE_READ, access::read | access::execute, base_rights | SECTION_MAP_EXECUTE,
     FILE_READ_DATA | FILE_EXECUTE},
    {PAGE_EXECUTE_READWRITE, access::read | access::write | access::execute,
     base_rights | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE,
     FILE_READ_DATA | FILE_WRITE_DATA | FILE_EXECUTE},
    {PAGE_EXECUTE_WRITECOPY, access::read | access::copy | access::execute,
     base_rights | SECTION_MAP_EXECUTE, FILE_READ_DATA | FILE_EXECUTE},
};

const protection* protection_of(DWORD value) noexcept {
  for (const protection& known : protections)
    if (known.value == (value & ~section_flags)) return &known;
  return nullptr;
}

/// The error that the SEC_… are, before anything is looked at (SEC-15, SEC-16).
DWORD check_flags(DWORD flags, bool of_file) noexcept {
  const auto has = [&](DWORD flag) { return (flags & flag) != 0; };
  const bool commit = has(SEC_COMMIT);
  const bool reserve = has(SEC_RESERVE);
  if (has(SEC_FILE) || (commit && reserve)) return ERROR_INVALID_PARAMETER;
  if (has(SEC_IMAGE)) return commit || reserve ? ERROR_INVALID_PARAMETER : ERROR_BAD_EXE_FORMAT;
  if (has(SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES) && !commit && !reserve)
    return ERROR_INVALID_PARAMETER;
  if (has(SEC_LARGE_PAGES) && (reserve || of_file)) return ERROR_INVALID_PARAMETER;  // SEC-21
  if ((flags & section_flags & ~(SEC_COMMIT | SEC_RESERVE)) != 0) return ERROR_NOT_SUPPORTED;
  return ERROR_SUCCESS;
}

/// What a section is to be made of: memory, if there is no file.
struct source {
  pin handle;
  const file* from = nullptr;
};

/// Whether the file can be what is asked for; the system looks at it before it looks at the name.
DWORD check_file(const file& from, const protection& wanted, std::uint64_t size) noexcept {
  if (!from.may(wanted.file)) return ERROR_ACCESS_DENIED;
  file_facts facts;
  if (const DWORD error = look_at(from.fd.get(), facts)) return error;
  if (facts.kind != file_kind::plain) return ERROR_INVALID_HANDLE;  // SEC-22, HARD-36
  if (size == 0 && facts.size == 0) return ERROR_FILE_INVALID;      // SEC-07
  if (size > facts.size && (wanted.rights & SECTION_MAP_WRITE) == 0)
    return ERROR_NOT_ENOUGH_MEMORY;  // SEC-09
  return ERROR_SUCCESS;
}

DWORD check_source(HANDLE handle, const protection& wanted, std::uint64_t size, source& found) {
  if (size >> 63 != 0) return ERROR_INVALID_PARAMETER;      // SEC-20
  if (handle == INVALID_HANDLE_VALUE || handle == nullptr)  // SEC-02
    return size == 0 ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
  found.handle = pin(handle);
  if (!found.handle || found.handle->kind != entry_kind::file) return ERROR_INVALID_HANDLE;
  found.from = static_cast<const file*>(&*found.handle);
  return check_file(*found.from, wanted, size);
}

/// A new section, or already_exists.
section make(const source& of, const object_name& name, const protection& wanted,
             std::uint64_t size, bool reserve, const permissions& who, std::error_code& ec) {
  if (of.from == nullptr)
    return section::create({.name = name.text,
                            .size = size,
                            .reserve = reserve,
                            .access = wanted.pages,
                            .permissions = who},
                           ec);
  return section::from_file(
      of.from->fd.get(),
      {.name = name.text, .size = size, .access = wanted.pages, .permissions = who}, ec);
}

HANDLE create_section(HANDLE handle, const SECURITY_ATTRIBUTES* attributes, DWORD flags,
                      std::uint64_t size, const object_name& name) {
  const protection* const wanted = protection_of(flags);
  if (wanted == nullptr) return no_handle(ERROR_INVALID_PARAMETER);
  const bool of_file = handle != INVALID_HANDLE_VALUE && handle != nullptr;  // SEC-02
  if (const DWORD error = check_flags(flags, of_file)) return no_handle(error);
  source of;
  if (const DWORD error = check_source(handle, *wanted, size, of)) return no_handle(error);
  permissions who;
  if (name.error != ERROR_SUCCESS) return no_handle(name.error);
  if (const DWORD error = permissions_of(attributes, who)) return no_handle(error);

  const bool reserve = of.from == nullptr && (flags & SEC_RESERVE) != 0;  // SEC-17
  std::error_code ec;
  section made;
  do {
    made = make(of, name, *wanted, size, reserve, who, ec);
    const std::error_code refusal = ec;
    if (name.text.empty() || (ec != errc::already_exists && ec != errc::access_denied)) break;
    // As it is (CRE-01, CRE-05, CRE-06), and with fewer rights than its maker has (NAME-22).
    made = opened<section>(name, wanted->rights, ec);
    if (ec && refusal != errc::already_exists) ec = refusal;
  } while (ec == errc::not_found);
  if (ec) {
    const DWORD no_room = of.from != nullptr ? ERROR_DISK_FULL : ERROR_COMMITMENT_LIMIT;
    return no_handle(number_of(ec, {{errc::not_enough_memory, ERROR_NOT_ENOUGH_MEMORY},
                                    {errc::no_space, no_room},
                                    {errc::out_of_range, ERROR_NOT_ENOUGH_MEMORY}}));
  }
  const bool is_new = made.created();
  const HANDLE result = insert(std::make_unique<object<section>>(std::move(made), wanted->rights),
                               flags_of(attributes));
  if (result != nullptr) SetLastError(is_new ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS);
  return result;
}

/// FILE_MAP_… as rights: to copy it is enough to read (VIEW-05), and the right to execute has
/// another bit (ACL-02).
DWORD rights_of_access(DWORD access) noexcept {
  if (access == FILE_MAP_COPY) return FILE_MAP_READ;
  if ((access & FILE_MAP_EXECUTE) != 0) access = (access & ~FILE_MAP_EXECUTE) | SECTION_MAP_EXECUTE;
  return access;
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

HANDLE CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection,
                          DWORD size_high, DWORD size_low, LPCSTR name) {
  const auto size = std::uint64_t{size_high} << 32 | size_low;
  return guarded([&] { return create_section(file, attributes, protection, size, name_of(name)); });
}

HANDLE CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection,
                          DWORD size_high, DWORD size_low, LPCWSTR name) {
  const auto size = std::uint64_t{size_high} << 32 | size_low;
  return guarded([&] { return create_section(file, attributes, protection, size, name_of(name)); });
}

HANDLE OpenFileMappingA(DWORD rights, BOOL inheritable, LPCSTR name) {
  return guarded([&] {
    return open<isthmus::section>(rights_of_access(rights), inheritable, required_name_of(name));
  });
}

HANDLE OpenFileMappingW(DWORD rights, BOOL inheritable, LPCWSTR name) {
  return guarded([&] {
    return open<isthmus::section>(rights_of_access(rights), inheritable, required_name_of(name));
  });
}
