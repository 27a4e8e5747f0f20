// SPDX-License-Identifier: MIT
#include <isthmus/view.hpp>

#include <isthmus/native.hpp>

#include "object.hpp"
#include "posix/fork.hpp"
#include "view_table.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

namespace isthmus::veneer {
namespace {

/// What a view is to be: FILE_MAP_… as pages, and what that takes.
struct use {
  DWORD protection;       ///< PAGE_…
  DWORD rights;           ///< of the handle: the first gate (VIEW-01)
  isthmus::access pages;  ///< of the section: the second
};

use use_of(DWORD access) noexcept {
  const bool execute = (access & FILE_MAP_EXECUTE) != 0;
  access &= ~FILE_MAP_EXECUTE;
  const auto runs = execute ? access::execute : access::none;
  const DWORD right = execute ? SECTION_MAP_EXECUTE : 0;
  if ((access & FILE_MAP_WRITE) != 0)
    return {execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE, right | SECTION_MAP_WRITE,
            runs | access::write};
  if ((access & FILE_MAP_READ) != 0)
    return {execute ? PAGE_EXECUTE_READ : PAGE_READONLY, right | SECTION_MAP_READ,
            runs | access::read};
  if (access == FILE_MAP_COPY)  // alone: with any other bit it means nothing (VIEW-04)
    return {execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY, right | SECTION_MAP_READ,
            runs | access::read};
  return {PAGE_NOACCESS, SECTION_MAP_READ, access::read};  // VIEW-08, also for execution alone
}

/// Whether the address is one that a program may use: the upper half is the system's (VIEW-17).
bool is_usable(std::uintptr_t address) noexcept {
  return sizeof address < sizeof(std::uint64_t) || static_cast<std::intptr_t>(address) >= 0;
}

/// Held while a place is looked for: threads that do so in step would take from each other, for the
/// moment in which they look, what each has just found free, for ever.
std::mutex place_lock;
const at_fork watch_places({[] { place_lock.lock(); }, [] { place_lock.unlock(); },
                            [] { place_lock.unlock(); }});

/// Where the latest view begins, or where the latest removed one ended: a new one is tried below,
/// which mostly is free, as the system itself takes addresses downwards.
std::atomic<std::uintptr_t> top{0};

std::byte* likely_place(std::uint64_t length) noexcept {
  const std::uintptr_t end = top.load(std::memory_order_relaxed);
  if (length >= end / 2) return nullptr;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): it is a wish, not an object
  return reinterpret_cast<std::byte*>((end - length) / view_alignment * view_alignment);
}

/// Maps at the address that the options want, or anywhere at a multiple of 64 KiB.
template <class View>
View map_at(const section& from, view_options options, std::uint64_t length, std::error_code& ec) {
  constexpr int patience = 64;  // others map, too: fixed addresses, and memory of their own
  if (options.address != nullptr) return View::map(from, options, ec);
  const std::scoped_lock held(place_lock);
  for (int i = 0; i < patience; ++i) {
    options.address = i == 0 ? likely_place(length) : nullptr;
    const bool guessed = options.address != nullptr;
    if (!guessed) options.address = free_place(static_cast<std::size_t>(length));
    if (options.address == nullptr) break;
    View made = View::map(from, options, ec);
    if (!ec) top.store(reinterpret_cast<std::uintptr_t>(options.address));
    if (ec && guessed) continue;  // it may be where nothing can be
    if (ec != errc::address_in_use) return made;
  }
  ec = make_error_code(errc::not_enough_memory);
  return {};
}

std::uint64_t whole_pages(std::uint64_t length) noexcept {
  return (length + page_size() - 1) / page_size() * page_size();
}

/// What VirtualQuery and SetEndOfFile want to know of the view.
bool note_backing(const section& from, mapped_view& made) {
  switch (from.backing()) {
    case section_backing::memory:
      break;
    case section_backing::reserved:
      made.reserved = true;
      made.memory = kept_descriptor(native_handle(from));
      return static_cast<bool>(made.memory);
    case section_backing::file:
      made.of_file = true;
      made.file = id_of(native_handle(from));
      break;
  }
  return true;
}

LPVOID no_view(DWORD number) noexcept { return no_handle(number); }

LPVOID map_view(HANDLE handle, DWORD access, std::uint64_t offset, std::uint64_t length,
                LPVOID address) {
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  if (offset % view_alignment != 0 || place % view_alignment != 0)
    return no_view(ERROR_MAPPED_ALIGNMENT);
  const use wanted = use_of(access);
  const held<section> from(handle, wanted.rights);
  if (!from) return nullptr;
  if (!includes(from->access(), wanted.pages)) return no_view(ERROR_INVALID_PARAMETER);
  if (offset >= from->size() || length > from->size() - offset)
    return no_view(ERROR_ACCESS_DENIED);  // VIEW-12, VIEW-13
  if (length == 0) length = from->size() - offset;
  if (!is_usable(place)) return no_view(ERROR_INVALID_PARAMETER);
  if (length > std::numeric_limits<std::size_t>::max() / 2)
    return no_view(ERROR_NOT_ENOUGH_MEMORY);  // a large section in a program of 32 bits
  const bool copies =
      wanted.protection == PAGE_WRITECOPY || wanted.protection == PAGE_EXECUTE_WRITECOPY;
  const view_options options = {.offset = offset,
                                .length = length,
                                .address = address,
                                .copy_on_write = copies,
                                .execute = includes(wanted.pages, access::execute)};
  mapped_view made;
  std::error_code ec;
  if (copies || includes(wanted.pages, access::write)) {
    auto pages = map_at<view>(*from, options, whole_pages(length), ec);
    made.base = pages.data();
    made.pages = std::move(pages);
  } else {
    auto pages = map_at<const_view>(*from, options, whole_pages(length), ec);
    made.base = const_cast<std::byte*>(pages.data());  // as Win32 has it
    made.pages = std::move(pages);
  }
  if (ec) return no_view(number_of(ec));
  made.length = static_cast<std::size_t>(whole_pages(length));
  made.offset = offset;
  made.protection = wanted.protection;
  if (!note_backing(*from, made)) return no_view(ERROR_TOO_MANY_OPEN_FILES);
  if (wanted.protection == PAGE_NOACCESS && !protect(made.base, made.length, {}))
    return no_view(ERROR_NOT_ENOUGH_MEMORY);
  std::byte* const result = made.base;
  add_view(std::move(made));
  return result;
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

LPVOID MapViewOfFile(HANDLE section, DWORD access, DWORD offset_high, DWORD offset_low,
                     SIZE_T length) {
  return MapViewOfFileEx(section, access, offset_high, offset_low, length, nullptr);
}

LPVOID MapViewOfFileEx(HANDLE section, DWORD access, DWORD offset_high, DWORD offset_low,
                       SIZE_T length, LPVOID address) {
  const auto offset = std::uint64_t{offset_high} << 32 | offset_low;
  return guarded([&] { return map_view(section, access, offset, length, address); });
}

BOOL UnmapViewOfFile(LPCVOID address) {
  const auto found = take_view(address);
  if (found == nullptr) return fail(ERROR_INVALID_ADDRESS);
  top.store(reinterpret_cast<std::uintptr_t>(found->base) + found->length);
  return TRUE;
}

BOOL FlushViewOfFile(LPCVOID address, SIZE_T length) {
  const auto found = view_at(address);
  if (found == nullptr) return fail(ERROR_INVALID_ADDRESS);
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(address) - found->base);
  if (length > found->length - offset) return fail(ERROR_INVALID_PARAMETER);
  const auto* const pages = std::get_if<isthmus::view>(&found->pages);
  if (pages == nullptr || offset >= pages->size()) return TRUE;  // nothing that could be written
  std::error_code ec;
  pages->flush(offset, std::min<SIZE_T>(length, pages->size() - offset), ec);
  return done(ec);
}
