// SPDX-License-Identifier: MIT
#include "posix/objects/guard_place.hpp"

#include "posix/objects/fill.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/space.hpp"

#include <array>
#include <cerrno>
#include <new>

namespace isthmus::detail {
namespace {

/// Whether the door's page is mapped with a page behind it, or needs none.
bool has_door_already(const body& object) noexcept {
  return object.facts.kind == kind::mutex || page_size() != dispatcher_page_size;
}

guard_place place_in(const body& object, std::byte* mapping) noexcept {
  if (mapping == nullptr) return {};
  const bool two = !has_door_already(object);
  constexpr std::size_t pair = 2 * dispatcher_page_size;
  auto* const page = static_cast<guard_page*>(static_cast<void*>(mapping + (two ? pair : 0)));
  auto* const end = mapping + dispatcher_page_size - sizeof(owner_line);
  return {page, two ? static_cast<owner_line*>(static_cast<void*>(end)) : &line_of(object.block())};
}

/// 0 or an error number.
int map_now(const body& object) noexcept {
  const std::array<std::uint64_t, 2> places{bytes_before(object.facts), 0};
  // Not the object's own: its mutex is looked for by that in a thread's list.
  const std::array<std::uint64_t, 2> identity{~object.facts.identity[0], ~object.facts.identity[1]};
  const std::span all(places);
  std::byte* const mapping =
      map_owner_pages(object.fd.get(), has_door_already(object) ? all.subspan(1) : all, identity);
  if (mapping == nullptr) return errno;
  std::byte* seen = nullptr;
  if (!object.guard_mapping.compare_exchange_strong(seen, mapping))
    unmap_owner_pages(mapping, place_in(object, mapping).part());
  return 0;
}

}  // namespace

guard_place map_guard(const body& object, failure& why) {
  if (const guard_place known = place_in(object, object.guard_mapping.load())) return known;
  if (!take_space(object.fd.get(), 0, dispatcher_page_size, "memory", why)) return {};
  if (const int error = map_now(object)) fail_with(error, why);
  return place_in(object, object.guard_mapping.load());
}

guard_place mapped_guard(const body& object) noexcept {
  if (const guard_place known = place_in(object, object.guard_mapping.load())) return known;
  try {
    failure none;
    return map_guard(object, none);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

void unmap_guard(body& object) noexcept {
  if (std::byte* const mapping = object.guard_mapping.exchange(nullptr))
    unmap_owner_pages(mapping, place_in(object, mapping).part());
}

}  // namespace isthmus::detail
