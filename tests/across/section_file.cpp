// SPDX-License-Identifier: MIT
//
// Named sections of files that are not where they were: the name lives with its handles.
#include "heirs.hpp"
#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr auto read_write = access::read | access::write;

/// Something that happens to a file, in `folder`/inner/file; false where the system does not let
/// it.
struct misfortune {
  const char* what;
  std::function<std::error_code(const std::filesystem::path& folder)> strike;
};

const std::vector<misfortune>& misfortunes() {
  using std::filesystem::remove;
  using std::filesystem::rename;
  static const std::vector<misfortune> all{
      {"renamed",
       [](const auto& folder) {
         std::error_code ec;
         rename(folder / "inner" / "file", folder / "inner" / "moved", ec);
         return ec;
       }},
      {"moved, and another file is in its place",
       [](const auto& folder) {
         std::error_code ec;
         rename(folder / "inner" / "file", folder / "moved", ec);
         if (!ec) write_file(folder / "inner" / "file", "another");
         return ec;
       }},
      {"its folder renamed",
       [](const auto& folder) {
         std::error_code ec;
         rename(folder / "inner", folder / "outer", ec);
         return ec;
       }},
      {"replaced by another",
       [](const auto& folder) {
         write_file(folder / "another", "another");
         std::error_code ec;
         rename(folder / "another", folder / "inner" / "file", ec);
         return ec;
       }},
      {"removed",
       [](const auto& folder) {
         std::error_code ec;
         remove(folder / "inner" / "file", ec);
         return ec;
       }},
  };
  return all;
}

/// A folder with the file, and its named section.
struct unlucky {
  unlucky() {
    std::filesystem::create_directory(folder / "inner");
    write_file(folder / "inner" / "file", "content");
    made = section::from_file(folder / "inner" / "file", {.name = name, .access = read_write});
  }

  temporary_folder folder;
  std::string name = unique_name("unlucky");
  section made;
};

}  // namespace

// Opens a section, shows how it begins, and writes there if it may.
CHILD(file_opener) {
  const auto rights = io.argument(1) == "read" ? access::read : read_write;
  std::error_code ec;
  const auto opened = section::open({.name = io.argument(0), .access = rights}, ec);
  if (ec) {
    io.send(ec.message());
    return 1;
  }
  io.send(std::string(1, const_view::map(opened).as<char>()));
  if (rights == read_write) view::map(opened).as<char>() = 'W';
  io.send("done");
  return 0;
}

// Makes a section of a file, and holds it.
CHILD(file_holder) {
  const auto made =
      section::from_file(to_path(io.argument(0)), {.name = io.argument(1), .access = read_write});
  io.send("ready");
  io.receive();
  return 0;
}

CHILD(file_heir) {
  const auto got = isthmus::inherited<section>("file");
  return const_view::map(got).as<char>() == 'c' ? 0 : 1;
}

TEST_CASE("a file's section is opened in a process that holds it wherever the file is by now",
          "[section][SEC-26][LIFE-01]") {
  for (const auto& misfortune : misfortunes()) {
    CAPTURE(misfortune.what);
    unlucky some;
    if (misfortune.strike(some.folder.path())) continue;  // the system does not let that happen
    for (const auto rights : {read_write, access::read, access::read | access::copy}) {
      const auto opened = section::open({.name = some.name, .access = rights});
      CHECK(const_view::map(opened).as<char>() == 'c');
      CHECK(const_view::map(some.made.duplicate(rights)).as<char>() == 'c');
    }
    CHECK_FALSE(section::open_or_create({.name = some.name, .size = 1}).created());
    std::error_code ec;
    (void)section::create({.name = some.name, .size = 1}, ec);
    CHECK(ec == errc::already_exists);
    some.made.close();
    (void)section::open({.name = some.name}, ec);
    CHECK(ec == errc::not_found);
  }
}

TEST_CASE("who holds a file's section with fewer rights may have it with more, as it is by now",
          "[section][SEC-26]") {
  for (const auto& misfortune : misfortunes()) {
    CAPTURE(misfortune.what);
    unlucky some;
    const auto reading = section::open({.name = some.name, .access = access::read});
    some.made.close();
    if (misfortune.strike(some.folder.path())) continue;
    const auto writing = section::open({.name = some.name, .access = read_write});
    view::map(writing).as<char>() = 'C';
    CHECK(const_view::map(reading).as<char>() == 'C');
  }
}

TEST_CASE("a file's section is opened by other processes wherever the file is by now",
          "[section][SEC-26][LIFE-01]") {
  for (const auto& misfortune : misfortunes()) {
    CAPTURE(misfortune.what);
    unlucky some;
    if (misfortune.strike(some.folder.path())) continue;
    for (const char* const rights : {"read", "write"}) {
      CAPTURE(rights);
      child other("file_opener", {some.name, rights});
      other.expect("c");
      other.expect("done");
      CHECK(other.exit_code() == 0);
    }
    CHECK(const_view::map(some.made).as<char>() == 'W');
  }
}

TEST_CASE("a file's section that another process holds is opened wherever the file is by now",
          "[section][SEC-26][LIFE-03]") {
  for (const auto& misfortune : misfortunes()) {
    CAPTURE(misfortune.what);
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "inner");
    write_file(folder / "inner" / "file", "content");
    const auto name = unique_name("held");
    ready_child holder("file_holder", {to_text(folder / "inner" / "file"), name});
    if (misfortune.strike(folder.path())) continue;
    auto opened = section::open({.name = name});
    CHECK(const_view::map(opened).as<char>() == 'c');
    holder.kill();
    // It is held here by now, and so can be had.
    CHECK(const_view::map(section::open({.name = name, .access = access::read})).as<char>() == 'c');
    opened.close();
    std::error_code ec;
    (void)section::open({.name = name}, ec);
    CHECK(ec == errc::not_found);
  }
}

TEST_CASE("a file's section is inherited and sent wherever the file is by now",
          "[section][SEC-26][DUP-02]") {
  for (const auto& misfortune : misfortunes()) {
    CAPTURE(misfortune.what);
    unlucky some;
    if (misfortune.strike(some.folder.path())) continue;
    for (const auto rights : {access::read, read_write}) {
      CHECK(result_of(start_heir("file_heir", {}, {{"file", some.made, rights}})) == 0);
      auto [near, far] = isthmus::channel::pair();
      near.send({some.made, rights}, "");
      const auto got = far.receive().object.take<section>();
      CHECK(const_view::map(got).as<char>() == 'c');
      CHECK(const_view::map(got.duplicate(access::read)).as<char>() == 'c');
    }
  }
}
