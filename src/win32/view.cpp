// SPDX-License-Identifier: MIT
#include "view.hpp"

#include "win32/windows.hpp"

#include <algorithm>

namespace isthmus::detail {
namespace {

const SYSTEM_INFO& system_info() noexcept {
  static const SYSTEM_INFO info = [] {
    SYSTEM_INFO result = {};
    ::GetSystemInfo(&result);
    return result;
  }();
  return info;
}

DWORD use_of(const map_request& request) noexcept {
  // FILE_MAP_COPY means what it says only without the other two (VIEW-04).
  const DWORD use = request.use == page_use::copy    ? FILE_MAP_COPY
                    : request.use == page_use::write ? FILE_MAP_WRITE
                                                     : FILE_MAP_READ;
  return use | (request.execute ? FILE_MAP_EXECUTE : 0);
}

/// Whether a program may use these addresses at all. Wine lets them pass (VIEW-17).
bool usable(const map_request& request) noexcept {
  const auto last = reinterpret_cast<std::uintptr_t>(system_info().lpMaximumApplicationAddress);
  const auto base = reinterpret_cast<std::uintptr_t>(request.base);
  return base <= last && request.length - 1 <= last - base;
}

}  // namespace

std::size_t view_granularity() noexcept { return system_info().dwAllocationGranularity; }

std::byte* map_pages(const section_state& from, const map_request& request, void*&, failure& why) {
  if (request.base != nullptr && !usable(request)) {
    why.set_native(ERROR_INVALID_PARAMETER, "the address is not one that a program may use");
    return nullptr;
  }
  void* const base = ::MapViewOfFileEx(
      section_handle(from), use_of(request), static_cast<DWORD>(request.offset >> 32),
      static_cast<DWORD>(request.offset), request.length, request.base);
  if (base != nullptr) return static_cast<std::byte*>(base);
  const int number = last_error();
  if (number == ERROR_INVALID_PARAMETER) {
    // All arguments have been checked, so this is the second of two gates (VIEW-01).
    why.set(errc::access_denied, "the section's pages do not allow such a view");
  } else {
    why.set_native(number);
  }
  return nullptr;
}

void unmap_pages(std::byte* base, std::size_t, void*, failure& why) noexcept {
  if (!::UnmapViewOfFile(base)) why.set_native(last_error());
}

void flush_pages(std::byte* address, std::size_t length, failure& why) {
  if (!::FlushViewOfFile(address, length)) why.set_native(last_error());
}

void commit_pages(std::byte* address, std::size_t length, void*, failure& why) {
  std::byte* const end = address + length;
  while (address < end) {
    MEMORY_BASIC_INFORMATION part = {};
    if (::VirtualQuery(address, &part, sizeof part) == 0) return why.set_native(last_error());
    std::byte* const stop =
        std::min(end, static_cast<std::byte*>(part.BaseAddress) + part.RegionSize);
    // What is committed already is left alone: sections that are not reserved refuse it.
    if (part.State == MEM_RESERVE &&
        ::VirtualAlloc(address, static_cast<SIZE_T>(stop - address), MEM_COMMIT,
                       part.AllocationProtect) == nullptr) {
      return why.set_native(last_error());
    }
    address = stop;
  }
}

}  // namespace isthmus::detail
