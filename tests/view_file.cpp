// SPDX-License-Identifier: MIT
//
// Views of files on a disk: small and large, of each kind, from each kind of place, at addresses
// that the library chooses and that the program chooses. File systems with huge pages put large
// mappings elsewhere than small ones.
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;
using isthmus::view_options;

namespace {

constexpr std::uint64_t in_kib = 1024;
constexpr std::uint64_t in_mib = 1024 * in_kib;
constexpr std::uint64_t in_gib = 1024 * in_mib;
constexpr auto for_both = isthmus::access::read | isthmus::access::write;

constexpr std::array file_sizes{std::uint64_t{1}, 4096 * std::uint64_t{1},
                                64 * in_kib + 1,  in_mib,
                                2 * in_mib - 1,   2 * in_mib,
                                2 * in_mib + 1,   4 * in_mib,
                                67 * in_mib,      in_gib,
                                4 * in_gib,       5 * in_gib};
constexpr std::array file_offsets{std::uint64_t{0}, std::uint64_t{1}, 64 * in_kib, in_mib + 4096,
                                  2 * in_mib};

/// What a program of this width can hope to find room for.
bool has_room_for(std::uint64_t bytes) { return sizeof(void*) > 4 || bytes <= 256 * in_mib; }

/// The options and the room for them, with which all kinds of view are mapped alike.
struct wanted {
  const section& from;
  view_options options;

  template <class View>
  [[nodiscard]] View map(void* address, std::error_code& ec) const {
    view_options all = options;
    all.address = address;
    return View::map(from, all, ec);
  }
};

/// Maps anywhere, then where that was, while it is there and when it has gone.
template <class View>
void maps_again(const wanted& what) {
  std::error_code ec;
  auto first = what.map<View>(nullptr, ec);
  REQUIRE_FALSE(ec);
  auto* const place = const_cast<std::byte*>(first.data());
  const auto size = first.size();
  (void)what.map<View>(place, ec);
  CHECK(ec == errc::address_in_use);
  first.unmap();
  const auto again = what.map<View>(place, ec);
  REQUIRE_FALSE(ec);
  CHECK(again.data() == place);
  CHECK(again.size() == size);
  // Its first and its last byte are the file's, or faults.
  (void)*static_cast<const volatile std::byte*>(again.data());
  (void)*static_cast<const volatile std::byte*>(again.data() + size - 1);
}

}  // namespace

TEST_CASE("a view of a file on a disk can be mapped where one has been, whatever its size and kind",
          "[view][VIEW-15][VIEW-17][SEC-04]") {
  const auto disk = disk_directory();
  if (!disk) SKIP("files of all directories that were tried are in memory");
  const temporary_folder folder(*disk);
  for (const std::uint64_t size : file_sizes) {
    if (!has_room_for(size)) continue;
    CAPTURE(size);
    const auto file = folder / "file";
    make_sparse_file(file, size);
    const auto made = section::from_file(file, {.access = for_both});
    REQUIRE(made.size() == size);
    for (const std::uint64_t offset : file_offsets) {
      if (offset >= size) continue;
      CAPTURE(offset);
      maps_again<view>({made, {.offset = offset}});
      maps_again<const_view>({made, {.offset = offset}});
      maps_again<view>({made, {.offset = offset, .copy_on_write = true}});
    }
    std::filesystem::remove(file);
  }
}

TEST_CASE("all views of a large file show its bytes, at chosen addresses as well",
          "[view][VIEW-17][VIEW-19][SEC-27]") {
  const auto disk = disk_directory();
  if (!disk) SKIP("files of all directories that were tried are in memory");
  const temporary_folder folder(*disk);
  const std::uint64_t size = sizeof(void*) > 4 ? 5 * in_gib : 100 * in_mib;
  make_sparse_file(folder / "file", size);
  const auto made = section::from_file(folder / "file", {.access = for_both});
  auto writing = view::map(made);
  auto* const place = writing.data();
  writing.unmap();
  writing = view::map(made, {.address = place});
  CHECK(writing.data() == place);
  const auto reading = const_view::map(made);
  const auto copy = view::map(made, {.copy_on_write = true});
  for (const std::uint64_t offset : {std::uint64_t{0}, size / 2, size - 8}) {
    CAPTURE(offset);
    writing.as<std::uint64_t>(offset) = offset + 1;
    CHECK(reading.as<std::uint64_t>(offset) == offset + 1);
    copy.as<std::uint64_t>(offset) = 4711;
    CHECK(reading.as<std::uint64_t>(offset) == offset + 1);
    const auto part = const_view::map(made, {.offset = offset, .length = 8});
    CHECK(part.as<std::uint64_t>() == offset + 1);
  }
}

TEST_CASE("a view can be mapped where one of memory has been, and a part of it with its offset",
          "[view][VIEW-09][VIEW-15]") {
  const auto made = section::create({.size = in_mib});
  for (std::uint64_t i = 0; i < 32; ++i) {
    CAPTURE(i);
    // Odd file_sizes beside it, so that addresses are as the system deals them out.
    const auto beside = view::map(section::create({.size = 4096 * (1 + i % 7)}));
    maps_again<view>({made, {}});
    maps_again<const_view>({made, {.offset = 4096 * i + i}});
  }
}

TEST_CASE("an address that is not congruent to the offset modulo the granularity is invalid",
          "[view][VIEW-09][VIEW-17]") {
  const auto made = section::create({.size = in_mib});
  auto first = const_view::map(made);
  auto* const place = const_cast<std::byte*>(first.data());
  first.unmap();
  const auto granularity = address_granularity();
  std::error_code ec;
  for (const std::uint64_t wrong : {std::uint64_t{1}, std::uint64_t{granularity / 2}}) {
    CAPTURE(wrong);
    CHECK_FALSE(const_view::map(made, {.address = place + wrong}, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(const_view::map(made, {.offset = wrong, .address = place}, ec));
    CHECK(ec == errc::invalid_argument);
  }
  CHECK_FALSE(const_view::map(made, {.offset = 1, .address = place + granularity}, ec));
  CHECK(ec == errc::invalid_argument);
}
