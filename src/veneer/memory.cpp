// SPDX-License-Identifier: MIT
#include "error.hpp"
#include "view_table.hpp"

#include <algorithm>
#include <optional>

namespace isthmus::veneer {
namespace {

/// The bytes of a view in pages that begin at the one of `address`: offset in the view.
std::size_t page_in(const mapped_view& within, const void* address) noexcept {
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(address) - within.base);
  return offset / page_size() * page_size();
}

run run_of(const mapped_view& within, std::size_t from, std::size_t end) noexcept {
  const std::uint64_t rest = end - from;
  if (!within.reserved) return {true, rest};
  const std::uint64_t begin = within.offset + from;
  return run_at(within.memory.get(), begin, begin + rest);
}

bool is_committed(const mapped_view& within, std::size_t from, std::size_t end) noexcept {
  const run part = run_of(within, from, end);
  return part.committed && part.bytes == end - from;
}

/// What pages of a protection allow, as bits; nothing where it is none.
enum allowed : unsigned { may_read = 1, may_write = 2, may_run = 4, may_copy = 8 };
std::optional<unsigned> allowed_by(DWORD protection) noexcept {
  switch (protection) {
    case PAGE_NOACCESS:
      return 0;
    case PAGE_READONLY:
      return may_read;
    case PAGE_READWRITE:
      return may_read | may_write;
    case PAGE_WRITECOPY:
      return may_read | may_copy;
    case PAGE_EXECUTE:
      return may_run;
    case PAGE_EXECUTE_READ:
      return may_read | may_run;
    case PAGE_EXECUTE_READWRITE:
      return may_read | may_write | may_run;
    case PAGE_EXECUTE_WRITECOPY:
      return may_read | may_copy | may_run;
    default:
      return std::nullopt;
  }
}

/// Whether pages of a view may get this protection: not more than the view's own allows.
DWORD check_protection(const mapped_view& within, DWORD protection) noexcept {
  const unsigned own = *allowed_by(within.protection);
  const unsigned more = *allowed_by(protection) & ~own;
  if (more == 0) return ERROR_SUCCESS;
  return more == may_copy && (own & may_write) != 0 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER;
}

/// What is committed counts as such when it has been looked at once: until then the system sees no
/// difference from a hole (run_at).
void look_at_pages(const std::byte* begin, std::size_t length) noexcept {
  for (std::size_t i = 0; i < length; i += page_size())
    (void)*static_cast<const volatile std::byte*>(begin + i);
}

/// Leaves alone what can be read: other threads may be at it.
bool make_readable(const mapped_view& within, std::size_t first, std::size_t end) {
  for (protected_run part{}; first < end; first = part.end) {
    part = protection_at(within, first);
    part.end = std::min(part.end, end);
    if ((*allowed_by(part.protection) & may_read) == 0 &&
        !change_protection(within, first, part.end, PAGE_READONLY))
      return false;
  }
  return true;
}

LPVOID commit(const mapped_view& within, const void* address, SIZE_T size, DWORD protection) {
  const std::size_t first = page_in(within, address);
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(address) - within.base);
  if (size > within.length - offset) return no_handle(ERROR_INVALID_ADDRESS);
  if (within.of_file) return no_handle(ERROR_ACCESS_DENIED);
  if (const DWORD error = check_protection(within, protection)) return no_handle(error);
  const std::size_t end = (offset + size + page_size() - 1) / page_size() * page_size();
  if (!is_committed(within, first, end)) {
    const auto* const pages = std::get_if<view>(&within.pages);
    if (pages == nullptr) return no_handle(ERROR_NOT_SUPPORTED);
    std::error_code ec;
    pages->commit(first, std::min(pages->size(), end) - first, ec);
    if (ec) return no_handle(number_of(ec));
    if (!make_readable(within, first, end)) return no_handle(ERROR_NOT_ENOUGH_MEMORY);
    look_at_pages(within.base + first, end - first);
  }
  const protected_run now = protection_at(within, first);
  if ((now.protection != protection || now.end < end) &&
      !change_protection(within, first, end, protection))
    return no_handle(ERROR_NOT_ENOUGH_MEMORY);
  return within.base + first;
}

/// Whether there are bytes and one of their pages, told by an address in it, is as `is_bad` says.
template <class Test>
BOOL any_page(const void* address, UINT_PTR bytes, Test is_bad) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(address);
  if (bytes == 0) return FALSE;
  if (address == nullptr || bytes - 1 > ~first) return TRUE;
  const std::uintptr_t last = first + (bytes - 1);
  for (std::uintptr_t at = first;;) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it may be anything
    if (is_bad(reinterpret_cast<const void*>(at))) return TRUE;
    if (last / page_size() == at / page_size()) return FALSE;
    at = (at / page_size() + 1) * page_size();
  }
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

SIZE_T VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION information, SIZE_T length) {
  const auto failed = [](DWORD number) { return fail(number), SIZE_T{0}; };
  if (length < sizeof *information) return failed(ERROR_BAD_LENGTH);
  const auto found = view_at(address);
  if (found == nullptr) return failed(ERROR_NOT_SUPPORTED);
  const std::size_t first = page_in(*found, address);
  const protected_run alike = protection_at(*found, first);
  const run part = run_of(*found, first, alike.end);
  *information = {};
  information->BaseAddress = found->base + first;
  information->AllocationBase = found->base;
  information->AllocationProtect = found->protection;
  information->RegionSize = static_cast<SIZE_T>(part.bytes);
  information->State = part.committed ? MEM_COMMIT : MEM_RESERVE;
  information->Protect = part.committed ? alike.protection : 0;
  information->Type = MEM_MAPPED;
  return sizeof *information;
}

LPVOID VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protection) {
  return guarded([&]() -> LPVOID {
    constexpr DWORD both = MEM_COMMIT | MEM_RESERVE;
    constexpr DWORD extra = PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE;
    if (size == 0 || (type & both) == 0 || !allowed_by(protection & ~extra))
      return no_handle(ERROR_INVALID_PARAMETER);
    const auto found = view_at(address);
    if (found == nullptr) return no_handle(ERROR_NOT_SUPPORTED);
    if ((type & MEM_RESERVE) != 0) return no_handle(ERROR_INVALID_ADDRESS);  // it is in use
    if ((type & ~MEM_TOP_DOWN) != MEM_COMMIT || (protection & extra) != 0)
      return no_handle(ERROR_NOT_SUPPORTED);
    return commit(*found, address, size, protection);
  });
}

BOOL VirtualFree(LPVOID address, SIZE_T /*size*/, DWORD /*type*/) {
  return fail(view_at(address) != nullptr ? ERROR_INVALID_PARAMETER : ERROR_INVALID_ADDRESS);
}

BOOL IsBadReadPtr(const VOID* address, UINT_PTR bytes) {
  return any_page(address, bytes, [](const void* page) { return !can_read(page); });
}

BOOL IsBadWritePtr(LPVOID address, UINT_PTR bytes) {
  return any_page(address, bytes, [](const void* page) { return !can_write(page); });
}

VOID GetSystemInfo(LPSYSTEM_INFO information) {
  *information = {};
  information->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_UNKNOWN;
  information->dwPageSize = static_cast<DWORD>(page_size());
  information->dwAllocationGranularity = static_cast<DWORD>(view_alignment);
  information->dwNumberOfProcessors = processors();
  const DWORD counted = std::min<DWORD>(processors(), 8 * sizeof(DWORD_PTR));
  information->dwActiveProcessorMask = ~DWORD_PTR{0} >> (8 * sizeof(DWORD_PTR) - counted);
  // The upper half is the system's, but where 32 bits are all there are.
  constexpr auto last = ~std::uintptr_t{0} >> (sizeof(std::uintptr_t) < 8 ? 0 : 1);
  // NOLINTBEGIN(performance-no-int-to-ptr): as Win32 has it
  information->lpMinimumApplicationAddress = reinterpret_cast<LPVOID>(view_alignment);
  information->lpMaximumApplicationAddress = reinterpret_cast<LPVOID>(last - view_alignment);
  // NOLINTEND(performance-no-int-to-ptr)
}
