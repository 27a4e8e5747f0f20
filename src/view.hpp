// SPDX-License-Identifier: MIT
//
// The contract between src/view.cpp and the backends. Rights, range and alignment have been
// checked.
#pragma once

#include <isthmus/view.hpp>

#include "section.hpp"

#include <cstddef>
#include <cstdint>

namespace isthmus::detail {

enum class page_use { read, write, copy };

struct map_request {
  std::uint64_t offset = 0;  ///< a multiple of view_granularity()
  std::size_t length = 0;    ///< from `offset` on; not rounded, not beyond the section
  page_use use = page_use::read;
  bool execute = false;
  std::byte* base = nullptr;  ///< exactly here, a multiple of view_granularity(); nullptr: anywhere
};

/// What offsets and addresses of a view are aligned to: 64 KiB on Win32, the page on POSIX. The
/// base of a view is its data's address rounded down to it.
[[nodiscard]] std::size_t view_granularity() noexcept;

/// Maps; nullptr on failure. `owner` is the backend's own, kept with the view and given back below.
std::byte* map_pages(const section_state& from, const map_request& request, void*& owner,
                     failure& why);
/// Frees `owner` in any case.
void unmap_pages(std::byte* base, std::size_t length, void* owner, failure& why) noexcept;
/// Any address and length within the view.
void flush_pages(std::byte* address, std::size_t length, failure& why);
/// The same; commits the section's bytes under them. Nothing to do for what is committed already.
void commit_pages(std::byte* address, std::size_t length, void* owner, failure& why);

}  // namespace isthmus::detail
