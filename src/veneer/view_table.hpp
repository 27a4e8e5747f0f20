// SPDX-License-Identifier: MIT
//
// The views of this process, by the addresses that they cover: any of them names the view
// (VIEW-24). As with handles, a view that is removed while another thread's call uses it goes with
// that call.
#pragma once

#include "pages.hpp"

#include <isthmus/win32.h>
#include <isthmus/view.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <variant>

namespace isthmus::veneer {

struct mapped_view {
  std::variant<view, const_view> pages;
  std::byte* base = nullptr;
  std::size_t length = 0;    ///< whole pages
  std::uint64_t offset = 0;  ///< of the base in the section
  DWORD protection = 0;      ///< PAGE_…
  bool reserved = false;     ///< of a section that is committed part by part
  kept_descriptor memory;    ///< of such a section
  bool of_file = false;
  file_id file;  ///< of a section that is a file's
  /// PAGE_… from an offset on, where VirtualAlloc has changed it. The table's lock guards this.
  mutable std::map<std::size_t, DWORD> changed;
};

/// Takes the view in. Throws bad_alloc, and then the view is no more.
void add_view(mapped_view what);

/// The view that an address is in; nullptr where there is none.
[[nodiscard]] std::shared_ptr<const mapped_view> view_at(const void* address) noexcept;
/// The same, and it is not in the table any more.
[[nodiscard]] std::shared_ptr<const mapped_view> take_view(const void* address) noexcept;

/// What may be done with the page at an offset, and where the pages end that are like it.
struct protected_run {
  DWORD protection;
  std::size_t end;
};
[[nodiscard]] protected_run protection_at(const mapped_view& within, std::size_t offset) noexcept;
/// Changes it for whole pages: false where the system has no room for that. Throws bad_alloc, and
/// then nothing has changed.
bool change_protection(const mapped_view& within, std::size_t first, std::size_t end,
                       DWORD protection);

/// Whether there is a view of this file.
[[nodiscard]] bool has_view_of(const file_id& file) noexcept;

}  // namespace isthmus::veneer
