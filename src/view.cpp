// SPDX-License-Identifier: MIT
#include "view.hpp"

#include "failure.hpp"
#include "native.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

namespace isthmus {

using detail::failure;

namespace detail {
namespace {

std::uintptr_t number_of(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

std::byte* base_of(std::byte* data) noexcept { return data - number_of(data) % view_granularity(); }

/// Whether the handle's rights allow such a view (VIEW-01, VIEW-05 to VIEW-07).
bool allowed(access rights, const view_options& options, bool writable) noexcept {
  if (options.execute && !includes(rights, access::execute)) return false;
  if (writable && !options.copy_on_write) return includes(rights, access::write);
  return includes(rights, access::read) ||
         (options.copy_on_write && includes(rights, access::copy));
}

/// Fills in what to map, or says why not.
bool plan_view(const section_state& from, const view_options& options, bool writable,
               map_request& request, std::size_t& size, failure& why) {
  if (options.copy_on_write && !writable) {
    why.set(errc::invalid_argument, "copy_on_write is for a view that may be written");
    return false;
  }
  if (options.address != nullptr &&
      (number_of(options.address) - options.offset) % view_granularity() != 0) {
    why.set(errc::invalid_argument,
            fmt::format("the address and the offset must be congruent modulo {} bytes here, as "
                        "those of every view are; on all systems modulo 64 KiB",
                        view_granularity()));
    return false;
  }
  if (!allowed(from.info.access, options, writable)) {
    why.set(errc::access_denied,
            "the section's handle has the rights " + to_string(from.info.access) + " only");
    return false;
  }
  if (options.offset >= from.size || options.length > from.size - options.offset) {
    why.set(errc::out_of_range, fmt::format("the section has {} bytes", from.size));
    return false;
  }
  const std::uint64_t length = options.length != 0 ? options.length : from.size - options.offset;
  const std::uint64_t before = options.offset % view_granularity();
  if (length > std::numeric_limits<std::size_t>::max() / 2 - before) {
    why.set(errc::not_enough_memory, "the view does not fit into this process's address space");
    return false;
  }
  size = static_cast<std::size_t>(length);
  request.offset = options.offset - before;
  request.length = static_cast<std::size_t>(length + before);
  request.use = !writable               ? page_use::read
                : options.copy_on_write ? page_use::copy
                                        : page_use::write;
  request.execute = options.execute;
  if (options.address != nullptr) request.base = static_cast<std::byte*>(options.address) - before;
  return true;
}

bool check_part(std::uint64_t offset, std::uint64_t& length, std::size_t size, failure& why) {
  if (offset > size || length > size - offset) {
    why.set(errc::out_of_range, fmt::format("the view has {} bytes", size));
    return false;
  }
  if (length == 0) length = size - offset;
  return true;
}

bool check_mapped(const std::byte* data, failure& why) {
  if (data == nullptr)
    why.set(errc::invalid_argument, "the view is empty (moved from or unmapped)");
  return data != nullptr;
}

}  // namespace

mapping::~mapping() {
  std::error_code ec;
  unmap(ec);
}

void mapping::unmap() {
  throwing("view::unmap", {}, [this](failure& why) {
    if (data_ == nullptr) return;
    std::byte* const base = base_of(data_);
    unmap_pages(base, static_cast<std::size_t>(data_ - base) + size_, owner_, why);
    data_ = nullptr;
    size_ = 0;
    owner_ = nullptr;
  });
}

void mapping::unmap(std::error_code& ec) noexcept {
  ec.clear();
  if (data_ == nullptr) return;
  reporting(ec, [this](failure& why) {
    std::byte* const base = base_of(data_);
    unmap_pages(base, static_cast<std::size_t>(data_ - base) + size_, owner_, why);
  });
  data_ = nullptr;
  size_ = 0;
  owner_ = nullptr;
}

namespace {

struct mapped {
  std::byte* data = nullptr;
  std::size_t size = 0;
  void* owner = nullptr;
};

mapped map_part(const section& from, const view_options& options, bool writable, failure& why) {
  const section_state* const state = native_access::state(from);
  if (state == nullptr) {
    why.set(errc::invalid_argument, "the section is empty (moved from or closed)");
    return {};
  }
  map_request request;
  mapped result;
  if (!plan_view(*state, options, writable, request, result.size, why)) return {};
  std::byte* const base = map_pages(*state, request, result.owner, why);
  if (base == nullptr) return {};
  result.data = base + (options.offset - request.offset);
  return result;
}

}  // namespace

void mapping::map(mapping& self, const section& from, const view_options& options, bool writable) {
  const mapped part =
      throwing(writable ? "view::map" : "const_view::map", from.name(),
               [&](failure& why) { return map_part(from, options, writable, why); });
  self.data_ = part.data;
  self.size_ = part.size;
  self.owner_ = part.owner;
}

void mapping::map(mapping& self, const section& from, const view_options& options, bool writable,
                  std::error_code& ec) noexcept {
  const mapped part =
      reporting(ec, [&](failure& why) { return map_part(from, options, writable, why); });
  self.data_ = part.data;
  self.size_ = part.size;
  self.owner_ = part.owner;
}

void* mapping::at(const part& piece) const {
  return throwing("view::as", {}, [&](failure& why) -> void* {
    if (!check_mapped(data_, why)) return nullptr;
    if (piece.offset > size_ || piece.count > (size_ - piece.offset) / piece.size) {
      why.set(errc::out_of_range, fmt::format("the view has {} bytes", size_));
      return nullptr;
    }
    std::byte* const place = data_ + piece.offset;
    if (number_of(place) % piece.alignment != 0) {
      why.set(errc::invalid_argument, "the offset is not aligned for this type");
      return nullptr;
    }
    return place;
  });
}

}  // namespace detail

namespace {

void flush_part(std::byte* data, std::size_t size, std::uint64_t offset, std::uint64_t length,
                failure& why) {
  if (!detail::check_mapped(data, why) || !detail::check_part(offset, length, size, why)) return;
  if (length != 0) detail::flush_pages(data + offset, static_cast<std::size_t>(length), why);
}

void commit_part(std::byte* data, std::size_t size, void* owner, std::uint64_t offset,
                 std::uint64_t length, failure& why) {
  if (!detail::check_mapped(data, why)) return;
  if (length == 0) {
    why.set(errc::invalid_argument, "commit needs a length");
    return;
  }
  if (!detail::check_part(offset, length, size, why)) return;
  detail::commit_pages(data + offset, static_cast<std::size_t>(length), owner, why);
}

}  // namespace

void view::flush(std::uint64_t offset, std::uint64_t length) const {
  detail::throwing("view::flush", {},
                   [&](failure& why) { flush_part(data_, size_, offset, length, why); });
}

void view::flush(std::uint64_t offset, std::uint64_t length, std::error_code& ec) const noexcept {
  detail::reporting(ec, [&](failure& why) { flush_part(data_, size_, offset, length, why); });
}

void view::commit(std::uint64_t offset, std::uint64_t length) const {
  detail::throwing("view::commit", {},
                   [&](failure& why) { commit_part(data_, size_, owner_, offset, length, why); });
}

void view::commit(std::uint64_t offset, std::uint64_t length, std::error_code& ec) const noexcept {
  detail::reporting(ec,
                    [&](failure& why) { commit_part(data_, size_, owner_, offset, length, why); });
}

}  // namespace isthmus
