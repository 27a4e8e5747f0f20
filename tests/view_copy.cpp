// SPDX-License-Identifier: MIT
//
// Copy-on-write.
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

TEST_CASE("what is written copy-on-write stays in that view", "[view][VIEW-19]") {
  const auto made = section::create({.size = 4 * page_size()});
  const auto shared = view::map(made);
  shared.as<int>() = 1;
  const auto own = view::map(made, {.copy_on_write = true});
  CHECK(own.as<int>() == 1);
  own.as<int>() = 2;
  own.as<int>(3 * page_size()) = 3;
  CHECK(own.as<int>() == 2);
  CHECK(shared.as<int>() == 1);
  CHECK(shared.as<int>(3 * page_size()) == 0);
  CHECK(const_view::map(made).as<int>() == 1);
  // Another such view starts clean.
  const auto other = view::map(made, {.copy_on_write = true});
  CHECK(other.as<int>() == 1);
  other.as<int>() = 5;
  CHECK(own.as<int>() == 2);
}

TEST_CASE("pages that were not touched follow what others write", "[view][VIEW-20]") {
  const auto made = section::create({.size = 4 * page_size()});
  const auto shared = view::map(made);
  const auto own = view::map(made, {.copy_on_write = true});
  shared.as<int>() = 1;
  CHECK(own.as<int>() == 1);
  own.as<int>(8) = 9;  // this page is private from now on
  shared.as<int>() = 2;
  shared.as<int>(page_size()) = 3;
  CHECK(own.as<int>() == 1);
  CHECK(own.as<int>(page_size()) == 3);
}

TEST_CASE("a file never sees what was written copy-on-write", "[view][VIEW-19][SEC-13]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  for (const auto pages : {access::read, access::read | access::copy}) {
    const auto made = section::from_file(file, {.access = pages});
    const auto own = view::map(made, {.copy_on_write = true});
    own.as<char>() = 'C';
    own.flush();
    CHECK(own.as<char>() == 'C');
    CHECK(const_view::map(made).as<char>() == 'c');
  }
  CHECK(read_file(file) == "content");
}

TEST_CASE("copy-on-write works on what this handle may only read", "[view][VIEW-05][VIEW-19]") {
  const auto name = unique_name("read");
  const auto made = section::create({.name = name, .size = 4096});
  const auto opened = section::open({.name = name, .access = access::read});
  const auto own = view::map(opened, {.copy_on_write = true});
  own.as<int>() = 1;
  CHECK(own.as<int>() == 1);
  CHECK(const_view::map(made).as<int>() == 0);
}

TEST_CASE("a view that can only be read is not copied", "[view][VIEW-04]") {
  const auto made = section::create({.size = 4096});
  std::error_code ec;
  CHECK_FALSE(const_view::map(made, {.copy_on_write = true}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("copy-on-write outlives the section, too", "[view][VIEW-23]") {
  auto made = section::create({.size = 4096});
  view::map(made).as<int>() = 1;
  const auto own = view::map(made, {.copy_on_write = true});
  made.close();
  CHECK(own.as<int>() == 1);
  own.as<int>() = 2;
  CHECK(own.as<int>() == 2);
}
