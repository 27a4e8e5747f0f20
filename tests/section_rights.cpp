// SPDX-License-Identifier: MIT
//
// Which rights a section may be made with, and what a handle that has them may do.
#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

bool is_legal(isthmus::access pages) {
  const bool one_way = !includes(pages, access::write | access::copy);
  const bool known = (pages & (access::wait | access::modify)) == access::none;
  return includes(pages, access::read) && one_way && known;
}

std::error_code map_for_reading(const section& from) {
  std::error_code ec;
  (void)const_view::map(from, {}, ec);
  return ec;
}

std::error_code map_for_writing(const section& from) {
  std::error_code ec;
  (void)view::map(from, {}, ec);
  return ec;
}

std::error_code map_privately(const section& from) {
  std::error_code ec;
  (void)view::map(from, {.copy_on_write = true}, ec);
  return ec;
}

}  // namespace

TEST_CASE("pages are read, read|write or read|copy, each with or without execute",
          "[section][SEC-14][VIEW-04]") {
  for (std::uint32_t bits = 0; bits < 64; ++bits) {
    const auto pages = static_cast<isthmus::access>(bits);
    CAPTURE(to_string(pages));
    std::error_code ec;
    const auto made = section::create({.size = 4096, .access = pages}, ec);
    if (is_legal(pages)) {
      CHECK_FALSE(ec);
      CHECK(made.access() == pages);
    } else {
      CHECK_FALSE(made);
      CHECK(ec == errc::invalid_argument);
    }
  }
}

TEST_CASE("illegal pages are invalid even where the name exists", "[section][CRE-03]") {
  const auto name = unique_name("there");
  const auto held = section::create({.name = name, .size = 4096});
  for (const auto pages :
       {access::none, access::write, access::read | access::write | access::copy}) {
    CAPTURE(to_string(pages));
    std::error_code ec;
    CHECK_FALSE(section::create({.name = name, .size = 4096, .access = pages}, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(section::open_or_create({.name = name, .size = 4096, .access = pages}, ec));
    CHECK(ec == errc::invalid_argument);
  }
}

TEST_CASE("the creator's handle has the rights that the pages have", "[section][SEC-33][VIEW-01]") {
  const auto read = section::create({.size = 4096, .access = access::read});
  CHECK(read.access() == access::read);
  CHECK_FALSE(map_for_reading(read));
  CHECK(map_for_writing(read) == errc::access_denied);
  CHECK_FALSE(map_privately(read));

  const auto copy = section::create({.size = 4096, .access = access::read | access::copy});
  CHECK(copy.access() == (access::read | access::copy));
  CHECK_FALSE(map_for_reading(copy));
  CHECK(map_for_writing(copy) == errc::access_denied);
  CHECK_FALSE(map_privately(copy));

  const auto write = section::create({.size = 4096});
  CHECK(write.access() == (access::read | access::write));
  CHECK_FALSE(map_for_reading(write));
  CHECK_FALSE(map_for_writing(write));
  CHECK_FALSE(map_privately(write));
}

TEST_CASE("a found section is opened with the rights asked for", "[section][CRE-05]") {
  const auto name = unique_name("narrow");
  const auto made = section::create({.name = name, .size = 4096});
  const auto found = section::open_or_create({.name = name, .size = 4096, .access = access::read});
  CHECK_FALSE(found.created());
  CHECK(found.access() == access::read);
  CHECK_FALSE(map_for_reading(found));
  CHECK(map_for_writing(found) == errc::access_denied);
}

TEST_CASE("a handle maps as its rights allow, and rights do not imply one another",
          "[section][VIEW-01][VIEW-06][DUP-02]") {
  const auto name = unique_name("opened");
  const auto made = section::create({.name = name, .size = 4096});

  const auto reading = section::open({.name = name, .access = access::read});
  CHECK_FALSE(map_for_reading(reading));
  CHECK(map_for_writing(reading) == errc::access_denied);
  CHECK(code_of([&] { (void)view::map(reading); }) == errc::access_denied);

  const auto writing = section::open({.name = name, .access = access::write});
  CHECK(map_for_reading(writing) == errc::access_denied);
  CHECK(map_privately(writing) == errc::access_denied);
  CHECK(code_of([&] { (void)const_view::map(writing); }) == errc::access_denied);
  const auto memory = view::map(writing);
  memory.as<int>() = 4711;
  CHECK(memory.as<int>() == 4711);  // what can be written can be read

  const auto narrowed = made.duplicate(access::read);
  CHECK(map_for_writing(narrowed) == errc::access_denied);
  CHECK(const_view::map(narrowed).as<int>() == 4711);

  const auto all =
      section::create({.size = 4096, .access = access::read | access::write | access::execute});
  const auto neither = all.duplicate(access::execute);
  CHECK(map_for_reading(neither) == errc::access_denied);
  CHECK(map_for_writing(neither) == errc::access_denied);
}

TEST_CASE("no handle gets what the pages do not allow", "[section][VIEW-01][VIEW-02][SEC-33]") {
  const auto name = unique_name("pages");
  const auto made = section::create({.name = name, .size = 4096, .access = access::read});
  std::error_code ec;
  CHECK_FALSE(section::open({.name = name, .access = access::read | access::write}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(section::open({.name = name, .access = access::write}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(section::open({.name = name, .access = access::read | access::execute}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(made.duplicate(access::read | access::write, ec));
  CHECK(ec == errc::access_denied);
  CHECK(section::open({.name = name, .access = access::read}));
}

TEST_CASE("copy-on-write needs only the right to read", "[section][VIEW-05]") {
  const auto name = unique_name("private");
  const auto made = section::create({.name = name, .size = 4096});
  CHECK_FALSE(map_privately(section::open({.name = name, .access = access::read})));
}

TEST_CASE("a view to run needs the right to execute", "[section][VIEW-07]") {
  const auto plain = section::create({.size = 4096});
  std::error_code ec;
  CHECK_FALSE(const_view::map(plain, {.execute = true}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(view::map(plain, {.execute = true}, ec));
  CHECK(ec == errc::access_denied);
}
