// SPDX-License-Identifier: MIT
#include "section.hpp"

#include "win32/file.hpp"
#include "win32/ntdll.hpp"
#include "win32/object.hpp"
#include "win32/security.hpp"

#include <memory>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

struct win32_section : section_state {
  unique_handle handle;
};

const win32_section& own(const section_state& state) noexcept {
  return static_cast<const win32_section&>(state);
}

constexpr access every_right = access::read | access::write | access::copy | access::execute;

/// Wanted with every handle: they make size() and creator() work.
constexpr DWORD nice_rights = SECTION_QUERY | READ_CONTROL;

DWORD rights_of(access wanted) noexcept {
  // A copying view needs the right to read only (VIEW-05).
  return (includes(wanted, access::read) || includes(wanted, access::copy) ? SECTION_MAP_READ : 0) |
         (includes(wanted, access::write) ? SECTION_MAP_WRITE : 0) |
         (includes(wanted, access::execute) ? SECTION_MAP_EXECUTE : 0);
}

DWORD protection_of(access pages) noexcept {
  const bool execute = includes(pages, access::execute);
  if (includes(pages, access::write)) return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
  if (includes(pages, access::copy)) return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
  return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
}

/// Nobody is permitted what the pages' protection forbids. Otherwise a handle could be opened with
/// a right that fails only when it is used (VIEW-01), or, on Wine, does not fail at all (VIEW-02).
circles permitted(access pages) noexcept {
  const DWORD modify = READ_CONTROL | SECTION_QUERY | rights_of(pages);
  return {STANDARD_RIGHTS_REQUIRED | modify, modify, modify & ~DWORD{SECTION_MAP_WRITE}};
}

/// The size where the system does not tell: that of a view of everything.
std::optional<section_facts> measure(HANDLE section, access wanted) noexcept {
  const DWORD use = includes(wanted, access::write) ? FILE_MAP_WRITE : FILE_MAP_READ;
  auto* const view = static_cast<std::byte*>(::MapViewOfFile(section, use, 0, 0, 0));
  if (view == nullptr) return std::nullopt;
  section_facts facts = {};
  MEMORY_BASIC_INFORMATION part = {};
  while (::VirtualQuery(view + facts.size, &part, sizeof part) == sizeof part &&
         part.State != MEM_FREE && part.AllocationBase == view) {
    facts.size += part.RegionSize;
    facts.reserve = facts.reserve || part.State == MEM_RESERVE;
  }
  ::UnmapViewOfFile(view);
  return facts;
}

/// Finds the size out. False, and `why` set, where there is no way to.
bool fill_in(win32_section& state, failure& why) {
  auto facts = query_section(state.handle.get());
  if (!facts) facts = measure(state.handle.get(), state.info.access);
  if (!facts) {
    why.set(errc::access_denied, "the size cannot be found out with these rights");
    return false;
  }
  state.size = facts->size;
  state.file = facts->file;
  state.reserve = facts->reserve;
  return true;
}

section_state* wrap(unique_handle handle, object_info info, failure& why) {
  auto state = std::make_unique<win32_section>();
  state->handle = std::move(handle);
  state->info = std::move(info);
  return fill_in(*state, why) ? state.release() : nullptr;
}

/// What becomes of a request whose name is found taken: `found` is the answer of open_section.
section_state* found(const section_request& request, failure& why) {
  std::unique_ptr<section_state, close_section> existing(
      open_section(request.name, request.access, why));
  if (existing && request.how == verb::create) report(ERROR_ALREADY_EXISTS, why);
  return why ? nullptr : existing.release();
}

/// Whether the system has no room for the bytes. Sizes near its limits are beyond it (SEC-20).
bool is_lack_of_space(std::uint64_t size, int number) noexcept {
  constexpr std::uint64_t absurd = std::uint64_t{1} << 60;
  return native_means(number, errc::no_space) ||
         (number == ERROR_INVALID_PARAMETER && size >= absurd);
}

std::string space_text(std::uint64_t size, bool file) {
  if (file) return "no space to extend the file to " + bytes_text(size);
  MEMORYSTATUSEX memory = {};
  memory.dwLength = sizeof memory;
  ::GlobalMemoryStatusEx(&memory);
  return "no space for " + bytes_text(size) + " (" + bytes_text(memory.ullAvailPageFile) +
         " can be committed)";
}

/// Makes sense of a failed creation. It may give an existing object after all.
section_state* explain(const section_request& request, bool file, int number, failure& why) {
  const bool no_space = is_lack_of_space(request.size, number);
  if ((no_space || number == ERROR_ACCESS_DENIED) && !request.name.text.empty()) {
    // The system asks an existing object for all rights (NAME-22), and builds a new one before it
    // looks at the name (CRE-04). Neither should be felt by those who only want what there is.
    auto* const existing = found(request, why);
    if (existing != nullptr || why.code == errc::already_exists) return existing;
  }
  report(number, why);
  if (number == ERROR_INVALID_PARAMETER && no_space) why.set(errc::no_space);
  if (no_space) {
    why.detail = space_text(request.size, file);
  } else if (number == ERROR_ACCESS_DENIED && request.name.where == scope::global) {
    why.detail = "access denied; making a section in Global needs SeCreateGlobalPrivilege";
  }
  return nullptr;
}

section_state* make(HANDLE file, const section_request& request, failure& why) {
  security descriptor(request.permissions, permitted(request.access), why);
  if (why) return nullptr;
  const object_name name(request.name);
  const DWORD protection = protection_of(request.access) | (request.reserve ? SEC_RESERVE : 0);
  unique_handle handle(::CreateFileMappingW(file, descriptor.attributes(), protection,
                                            static_cast<DWORD>(request.size >> 32),
                                            static_cast<DWORD>(request.size), name.get()));
  const int number = last_error();  // also tells whether the object is new
  if (!handle) return explain(request, file != INVALID_HANDLE_VALUE, number, why);
  const bool existed = number == ERROR_ALREADY_EXISTS;
  if (existed && request.how == verb::create) {
    report(number, why);
    return nullptr;
  }
  return wrap(std::move(handle),
              {std::string(request.name.text), request.name.where, request.access, !existed}, why);
}

}  // namespace

section_state* make_section(const section_request& request, failure& why) {
  return make(INVALID_HANDLE_VALUE, request, why);
}

section_state* make_file_section(const file_source& file, const section_request& request,
                                 failure& why) {
  if (!request.name.text.empty()) {
    // First of all, because the system may extend the file before it looks at the name (CRE-06).
    auto* const existing = found(request, why);
    if (existing != nullptr || why.code != errc::not_found) return existing;
    why.clear();
  }
  unique_handle opened;
  if (file.path != nullptr) opened = open_file(*file.path, request.access, why);
  if (why) return nullptr;
  const HANDLE handle = file.path != nullptr ? opened.get() : file.handle;
  return check_file(handle, request.size, request.access, why) ? make(handle, request, why)
                                                               : nullptr;
}

section_state* open_section(const parsed_name& name, access rights, failure& why) {
  const object_name full(name);
  auto opened = obtain(rights_of(rights), nice_rights,
                       [&](DWORD mask) { return ::OpenFileMappingW(mask, FALSE, full.get()); });
  if (!opened.handle) {
    report(opened.error, why);
    return nullptr;
  }
  return wrap(std::move(opened.handle), {std::string(name.text), name.where, rights, false}, why);
}

section_state* duplicate_section(const section_state& from, access rights, failure& why) {
  const HANDLE handle = own(from).handle.get();
  auto made = obtain(rights_of(rights), nice_rights, [&](DWORD mask) {
    return rights == from.info.access ? duplicate_handle(handle) : duplicate_handle(handle, mask);
  });
  if (!made.handle) {
    why.set_native(made.error);
    return nullptr;
  }
  auto state = std::make_unique<win32_section>();
  static_cast<section_state&>(*state) = from;
  state->handle = std::move(made.handle);
  state->info.access = rights;
  state->info.created = false;
  return state.release();
}

section_state* adopt_section(native_handle_type handle, access rights, failure& why) {
  if (!check_kind(handle, L"Section", why)) return nullptr;
  const DWORD mask = rights_of(rights);
  if (mask == 0 || (granted_access(handle) & mask) != mask) {
    why.set(errc::access_denied, "the handle lacks these rights");
    return nullptr;
  }
  auto state = std::make_unique<win32_section>();
  state->info.access = rights & every_right;
  state->handle = unique_handle(handle);
  if (fill_in(*state, why)) return state.release();
  static_cast<void>(state->handle.release());  // it stays the caller's
  return nullptr;
}

creator_info section_creator(const section_state& from, failure& why) {
  return {owner_of(own(from).handle.get(), why), std::nullopt};
}

native_handle_type section_handle(const section_state& from) noexcept {
  return own(from).handle.get();
}

void close_section_state(section_state* state, failure& why) noexcept {
  auto* const mine = static_cast<win32_section*>(state);
  if (mine != nullptr) close_handle(mine->handle, why);
  delete mine;
}

}  // namespace isthmus::detail
