// SPDX-License-Identifier: MIT
#include "error.hpp"
#include "view_table.hpp"

#include <algorithm>

namespace isthmus::veneer {
namespace {

/// The bytes of a view in pages that begin at the one of `address`: offset in the view.
std::size_t page_in(const mapped_view& within, const void* address) noexcept {
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(address) - within.base);
  return offset / page_size() * page_size();
}

run run_of(const mapped_view& within, std::size_t from) noexcept {
  const std::uint64_t rest = within.length - from;
  if (!within.reserved) return {true, rest};
  const std::uint64_t begin = within.offset + from;
  return run_at(within.memory.get(), begin, begin + rest);
}

/// What is committed counts as such when it has been looked at once: until then the system sees no
/// difference from a hole (run_at).
void look_at_pages(const std::byte* begin, std::size_t length) noexcept {
  for (std::size_t i = 0; i < length; i += page_size())
    (void)*static_cast<const volatile std::byte*>(begin + i);
}

LPVOID commit(const mapped_view& within, const void* address, SIZE_T size) {
  const std::size_t first = page_in(within, address);
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(address) - within.base);
  if (size > within.length - offset) return no_handle(ERROR_INVALID_ADDRESS);
  if (!within.reserved) return no_handle(ERROR_ACCESS_DENIED);  // it is committed already
  const auto* const pages = std::get_if<view>(&within.pages);
  if (pages == nullptr) return no_handle(ERROR_NOT_SUPPORTED);
  const std::size_t end = std::min(pages->size(), offset + size);
  std::error_code ec;
  if (first < end) pages->commit(first, end - first, ec);
  if (ec) return no_handle(number_of(ec));
  look_at_pages(within.base + first, end - first);
  return within.base + first;
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
  const run part = run_of(*found, first);
  *information = {};
  information->BaseAddress = found->base + first;
  information->AllocationBase = found->base;
  information->AllocationProtect = found->protection;
  information->RegionSize = static_cast<SIZE_T>(part.bytes);
  information->State = part.committed ? MEM_COMMIT : MEM_RESERVE;
  information->Protect = part.committed ? found->protection : 0;
  information->Type = MEM_MAPPED;
  return sizeof *information;
}

LPVOID VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protection) {
  return guarded([&]() -> LPVOID {
    constexpr DWORD both = MEM_COMMIT | MEM_RESERVE;
    if (size == 0 || (type & both) == 0) return no_handle(ERROR_INVALID_PARAMETER);
    const auto found = view_at(address);
    if (found == nullptr) return no_handle(ERROR_NOT_SUPPORTED);
    if ((type & MEM_RESERVE) != 0) return no_handle(ERROR_INVALID_ADDRESS);  // it is in use
    if (type != MEM_COMMIT || protection != found->protection)
      return no_handle(ERROR_NOT_SUPPORTED);
    return commit(*found, address, size);
  });
}

BOOL VirtualFree(LPVOID address, SIZE_T /*size*/, DWORD /*type*/) {
  return fail(view_at(address) != nullptr ? ERROR_INVALID_PARAMETER : ERROR_INVALID_ADDRESS);
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
