// SPDX-License-Identifier: MIT
#include <isthmus/section.hpp>

#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t GiB = KiB * KiB * KiB;

template <class T>
concept waitable = requires(T object) {
  object.wait_for(std::chrono::seconds(1));
}
|| requires(T object) { object.lock(); };

std::uint64_t rounded(std::uint64_t size) {
  const std::uint64_t page = page_size();
  return (size + page - 1) / page * page;
}

}  // namespace

TEST_CASE("a section of memory needs a size", "[section][SEC-01]") {
  std::error_code ec;
  CHECK_FALSE(section::create({.size = 0}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(section::open_or_create({.size = 0}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(section::create({.name = unique_name("zero")}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([] { (void)section::create({}); }) == errc::invalid_argument);
}

TEST_CASE("size 0 is invalid even where the name exists", "[section][CRE-02]") {
  const auto name = unique_name("there");
  const auto held = section::create({.name = name, .size = 1});
  std::error_code ec;
  CHECK_FALSE(section::create({.name = name, .size = 0}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(section::open_or_create({.name = name, .size = 0}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("the size is rounded up to the page, for creator and opener",
          "[section][SEC-03][SEC-24]") {
  for (const std::uint64_t size : {1, 4090, 4096, 4097, 5000, 0x3452, 65536, 65537, 1000000}) {
    CAPTURE(size);
    const auto name = unique_name("size");
    const auto made = section::create({.name = name, .size = size});
    CHECK(made.size() == rounded(size));
    CHECK(section::open({.name = name}).size() == made.size());
    CHECK(section::open({.name = name, .access = access::write}).size() == made.size());
    CHECK(section::open_or_create({.name = name, .size = 1}).size() == made.size());
    CHECK(made.duplicate().size() == made.size());
    CHECK(section::create({.size = size}).size() == made.size());
  }
}

TEST_CASE("new memory is zeroed", "[section][SEC-05]") {
  for (const auto& name : {std::string(), unique_name("zeroed")}) {
    const auto made = section::create({.name = name, .size = 100 * KiB});
    const auto memory = const_view::map(made);
    CHECK(is_zero(memory.bytes()));
  }
}

TEST_CASE("memory made anew under an old name is zeroed again", "[section][SEC-05][LIFE-06]") {
  const auto name = unique_name("fresh");
  for (int i = 0; i < 3; ++i) {
    const auto made = section::create({.name = name, .size = 10000});
    const auto memory = view::map(made);
    CHECK(is_zero(memory.bytes()));
    fill(memory.bytes());
  }
}

TEST_CASE("what is found keeps its own size and bytes", "[section][CRE-01][SEC-23]") {
  const auto name = unique_name("found");
  const auto first = section::create({.name = name, .size = 3 * page_size()});
  view::map(first).as<int>() = 4711;
  for (const std::uint64_t size : {std::uint64_t{1}, 3 * std::uint64_t{page_size()}, 100 * KiB}) {
    const auto found = section::open_or_create({.name = name, .size = size});
    CHECK_FALSE(found.created());
    CHECK(found.size() == 3 * page_size());
    CHECK(const_view::map(found).as<int>() == 4711);
  }
  CHECK(const_view::map(first).size() == 3 * page_size());
}

TEST_CASE("a section is nothing that one waits for", "[section][SEC-32]") {
  STATIC_REQUIRE_FALSE(waitable<section>);
}

TEST_CASE("memory is committed when the section is made", "[section][SEC-19]") {
  for (const auto& name : {std::string(), unique_name("committed")}) {
    const std::uint64_t size = 32 * page_size();
    const auto made = section::create({.name = name, .size = size});
    const auto memory = const_view::map(made);
    CHECK(committed_bytes(made, memory.data(), memory.size()) >= size);
  }
}

TEST_CASE("more memory than there can be is no_space", "[section][SEC-20][SEC-19]") {
  for (const auto& name : {std::string(), unique_name("huge")}) {
    const std::uint64_t size = std::uint64_t{1} << 46;
    std::error_code ec;
    CHECK_FALSE(section::create({.name = name, .size = size}, ec));
    CHECK(ec == errc::no_space);
    const auto problem = thrown_by([&] { (void)section::create({.name = name, .size = size}); });
    CHECK(problem.code == errc::no_space);
    CHECK_THAT(problem.text, Catch::Matchers::ContainsSubstring("iB"));
    // Nothing is left of the attempt.
    if (!name.empty()) CHECK(section::create({.name = name, .size = 1}).created());
  }
}

TEST_CASE("2^63 bytes and more are invalid_argument", "[section][SEC-20][CRE-04]") {
  const auto name = unique_name("absurd");
  const auto held = section::create({.name = name, .size = 1});
  for (const auto size : {std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1,
                          std::numeric_limits<std::uint64_t>::max(),
                          std::numeric_limits<std::uint64_t>::max() - 4095}) {
    CAPTURE(size);
    std::error_code ec;
    CHECK_FALSE(section::create({.size = size}, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(section::create({.size = size, .reserve = true}, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(section::open_or_create({.name = name, .size = size}, ec));
    CHECK(ec == errc::invalid_argument);
  }
}

TEST_CASE("what exists is found whatever size is asked for", "[section][CRE-01][CRE-04]") {
  const auto name = unique_name("found");
  const auto held = section::create({.name = name, .size = 1});
  const std::uint64_t size = std::uint64_t{1} << 46;
  CHECK(section::open_or_create({.name = name, .size = size}).size() == held.size());
  std::error_code ec;
  CHECK_FALSE(section::create({.name = name, .size = size}, ec));
  CHECK(ec == errc::already_exists);
}

TEST_CASE("sizes just below 2^63 are no_space", "[section][SEC-20]") {
  for (const auto size : {(std::uint64_t{1} << 63) - 1, (std::uint64_t{1} << 63) - 4096,
                          std::uint64_t{1} << 62, std::uint64_t{1} << 55}) {
    CAPTURE(size);
    std::error_code ec;
    CHECK_FALSE(section::create({.size = size}, ec));
    CHECK(ec == errc::no_space);
    CHECK_FALSE(section::create({.name = unique_name("limit"), .size = size}, ec));
    CHECK(ec == errc::no_space);
  }
}

TEST_CASE("a reserved section may be larger than 4 GiB and is used at both ends",
          "[section][SEC-18][VIEW-11]") {
  const auto name = unique_name("large");
  const std::uint64_t size = 6 * GiB;
  const auto made = section::create({.name = name, .size = size, .reserve = true});
  CHECK(made.size() == size);
  const auto opened = section::open({.name = name});
  CHECK(opened.size() == size);
  for (const std::uint64_t offset :
       {std::uint64_t{0}, 4 * GiB - 4096, 4 * GiB, 5 * GiB + 123, size - 8}) {
    CAPTURE(offset);
    const auto part = view::map(made, {.offset = offset, .length = 8});
    part.commit(0, 8);
    part.bytes()[0] = std::byte{0x5a};
    const auto seen = const_view::map(opened, {.offset = offset, .length = 8});
    CHECK(seen.bytes()[0] == std::byte{0x5a});
    CHECK(part.size() == 8);
  }
  CHECK(const_view::map(opened, {.offset = size - 8}).size() == 8);
  std::error_code ec;
  CHECK_FALSE(const_view::map(opened, {.offset = size - 8, .length = 9}, ec));
  CHECK(ec == errc::out_of_range);
}

TEST_CASE("reserved memory is committed part by part, for every view", "[section][SEC-18]") {
  const auto name = unique_name("reserve");
  const std::size_t size = 1024 * KiB;
  const auto made = section::create({.name = name, .size = size, .reserve = true});
  const auto opened = section::open({.name = name});
  const auto first = view::map(made);
  const auto second = view::map(opened);
  const auto committed = [&](const section& of, const view& memory) {
    return committed_bytes(of, memory.data(), memory.size());
  };
  const auto before = committed(made, first);
  CHECK(before < size / 2);

  const std::uint64_t part = 64 * KiB;
  first.commit(part, part);
  CHECK(committed(made, first) == before + part);
  CHECK(committed(opened, second) == before + part);
  first.bytes()[part] = std::byte{1};
  CHECK(second.bytes()[part] == std::byte{1});

  // Again, and overlapping: only what is new counts, and nothing is lost.
  first.commit(part, part);
  second.commit(part + part / 2, part);
  CHECK(second.bytes()[part] == std::byte{1});
  CHECK(committed(made, first) == before + part + part / 2);

  // Not up to the very end, of which Wine tells no other view.
  std::error_code ec = make_error_code(errc::busy);
  second.commit(0, size - part, ec);
  CHECK_FALSE(ec);
  CHECK(committed(made, first) == before + size - part);
  second.commit(0, size, ec);
  CHECK_FALSE(ec);
  CHECK(committed(opened, second) == before + size);
}

TEST_CASE("every holder is told whether a section's memory is reserved", "[section][SEC-18]") {
  using isthmus::section_backing;
  const auto name = unique_name("backing");
  const auto made = section::create({.name = name, .size = 4096, .reserve = true});
  CHECK(made.backing() == section_backing::reserved);
  CHECK(section::open({.name = name}).backing() == section_backing::reserved);
  CHECK(made.duplicate(access::read).backing() == section_backing::reserved);
  CHECK(section::create({.size = 4096}).backing() == section_backing::memory);
  CHECK(section().backing() == section_backing::memory);
}

TEST_CASE("commit checks its range", "[section][SEC-18]") {
  const auto made = section::create({.size = 256 * KiB, .reserve = true});
  const auto part = view::map(made, {.offset = 64 * KiB, .length = 64 * KiB});
  std::error_code ec;
  part.commit(64 * KiB, 1, ec);
  CHECK(ec == errc::out_of_range);
  part.commit(0, 64 * KiB + 1, ec);
  CHECK(ec == errc::out_of_range);
  part.commit(1, std::numeric_limits<std::uint64_t>::max(), ec);
  CHECK(ec == errc::out_of_range);
  part.commit(0, 0, ec);
  CHECK(ec == errc::invalid_argument);
  view().commit(0, 1, ec);
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([&] { part.commit(0, 64 * KiB + 1); }) == errc::out_of_range);
  part.commit(0, 64 * KiB, ec);
  CHECK_FALSE(ec);
}

TEST_CASE("committing what is committed already changes nothing", "[section][SEC-18]") {
  const auto made = section::create({.size = 64 * KiB});
  const auto memory = view::map(made);
  memory.as<int>() = 4711;
  memory.commit(0, 64 * KiB);
  CHECK(memory.as<int>() == 4711);
}
