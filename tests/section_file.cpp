// SPDX-License-Identifier: MIT
//
// Sections whose bytes are a file's.
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/native.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr auto read_write = access::read | access::write;

std::string text_of(const const_view& memory) {
  const auto bytes = memory.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void put(const view& memory, std::string_view text, std::size_t offset = 0) {
  std::copy(text.begin(), text.end(), &memory.as<char>(offset));
}

}  // namespace

TEST_CASE("a file's section has its bytes and its exact size", "[section][SEC-04][SEC-06]") {
  const temporary_folder folder;
  for (const std::size_t size : {1, 36, 100, 4096, 5000, 0x3456}) {
    CAPTURE(size);
    const std::string content(size, 'x');
    const auto made = section::from_file(folder.file("file", content));
    CHECK(made.size() == size);
    CHECK(made.created());
    CHECK(made.access() == access::read);
    CHECK(text_of(const_view::map(made)) == content);
  }
}

TEST_CASE("an empty file without a size is an error", "[section][SEC-07]") {
  const temporary_folder folder;
  const auto file = folder.file("empty", "");
  std::error_code ec;
  CHECK_FALSE(section::from_file(file, {}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(section::from_file(file, {.access = read_write}, ec));
  CHECK(ec == errc::invalid_argument);
  const auto problem = thrown_by([&] { (void)section::from_file(file); });
  CHECK(problem.code == errc::invalid_argument);
  CHECK_THAT(problem.text, Catch::Matchers::StartsWith("section::from_file(\""));
}

TEST_CASE("a writable section beyond the end extends the file at once", "[section][SEC-08]") {
  const temporary_folder folder;
  const auto file = folder.file("short", "short");
  const auto made = section::from_file(file, {.size = 200, .access = read_write});
  CHECK(made.size() == 200);
  CHECK(std::filesystem::file_size(file) == 200);
  CHECK(text_of(const_view::map(made)) == "short" + std::string(195, '\0'));

  const auto empty = folder.file("empty", "");
  CHECK(section::from_file(empty, {.size = 10, .access = read_write}).size() == 10);
  CHECK(std::filesystem::file_size(empty) == 10);
}

TEST_CASE("a section that cannot write beyond the end is out_of_range", "[section][SEC-09]") {
  const temporary_folder folder;
  const auto file = folder.file("short", "short");
  for (const auto pages : {access::read, access::read | access::copy}) {
    std::error_code ec;
    CHECK_FALSE(section::from_file(file, {.size = 6, .access = pages}, ec));
    CHECK(ec == errc::out_of_range);
  }
  // Even where the file itself could be written.
  const native_file open(file, native_file::use::read_write);
  std::error_code ec;
  CHECK_FALSE(section::from_file(open.get(), {.size = 6, .access = access::read}, ec));
  CHECK(ec == errc::out_of_range);
  CHECK(read_file(file) == "short");
}

TEST_CASE("a section may show only the beginning of a file", "[section][SEC-10]") {
  const temporary_folder folder;
  const auto file = folder.file("long", std::string(10000, 'l'));
  const auto made = section::from_file(file, {.size = 5000, .access = read_write});
  CHECK(made.size() == 5000);
  CHECK(view::map(made).size() == 5000);
  std::error_code ec;
  CHECK_FALSE(view::map(made, {.length = 5001}, ec));
  CHECK(ec == errc::out_of_range);
  CHECK(std::filesystem::file_size(file) == 10000);
}

TEST_CASE("an open file backs a section as its own rights allow", "[section][SEC-11][SEC-13]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  std::error_code ec;

  const native_file reading(file, native_file::use::read);
  CHECK(section::from_file(reading.get(), {}, ec).size() == 7);
  CHECK_FALSE(ec);
  CHECK(section::from_file(reading.get(), {.access = access::read | access::copy}, ec));
  CHECK_FALSE(ec);
  CHECK_FALSE(section::from_file(reading.get(), {.access = read_write}, ec));
  CHECK(ec == errc::access_denied);

  const native_file writing(file, native_file::use::write);
  CHECK_FALSE(section::from_file(writing.get(), {}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(section::from_file(writing.get(), {.access = read_write}, ec));
  CHECK(ec == errc::access_denied);

  const native_file both(file, native_file::use::read_write);
  const auto made = section::from_file(both.get(), {.access = read_write});
  put(view::map(made), "C");
  CHECK(text_of(const_view::map(made)) == "Content");
}

TEST_CASE("the open file may be closed, the section keeps it", "[section][SEC-30]") {
  const temporary_folder folder;
  native_file open(folder.file("file", "content"), native_file::use::read);
  const auto made = section::from_file(open.get());
  open.close();
  CHECK(text_of(const_view::map(made)) == "content");
}

TEST_CASE("what is no file is refused and never becomes memory", "[section][SEC-02][SEC-22]") {
  const temporary_folder folder;
  std::error_code ec;
  CHECK_FALSE(section::from_file(folder / "missing", {}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(section::from_file(folder / "missing", {.size = 10, .access = read_write}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(std::filesystem::exists(folder / "missing"));
  CHECK_FALSE(section::from_file(folder / "no folder" / "file", {}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(section::from_file(folder.path(), {}, ec));
  CHECK(ec);
  CHECK_FALSE(section::from_file(folder.path(), {.size = 10, .access = read_write}, ec));
  CHECK(ec);
  CHECK_FALSE(section::from_file(isthmus::no_native_handle, {.size = 10}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(
      section::from_file(isthmus::no_native_handle, {.size = 10, .access = read_write}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("a size of 2^63 bytes or more is invalid for a file, too", "[section][SEC-20]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  std::error_code ec;
  CHECK_FALSE(section::from_file(
      file, {.size = std::numeric_limits<std::uint64_t>::max(), .access = read_write}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(read_file(file) == "content");
}

TEST_CASE("a file that grows does not make its section grow", "[section][SEC-23]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  const auto made = section::from_file(file);
  const auto grown = section::from_file(file, {.size = 9000, .access = read_write});
  CHECK(grown.size() == 9000);
  CHECK(made.size() == 7);
  CHECK(const_view::map(made).size() == 7);
  std::error_code ec;
  CHECK_FALSE(const_view::map(made, {.length = 8}, ec));
  CHECK(ec == errc::out_of_range);
}

TEST_CASE("a file that has been cut short is not mapped beyond its end", "[section][SEC-25]") {
  const temporary_folder folder;
  const auto file = folder.file("file", std::string(20'000, 'x'));
  const auto made = section::from_file(file);
  std::error_code refused;
  std::filesystem::resize_file(file, 10, refused);  // not every system lets that happen
  std::error_code ec;
  const auto memory = const_view::map(made, {}, ec);
  CHECK(static_cast<bool>(memory) == static_cast<bool>(refused));
  if (!refused) CHECK(ec == errc::file_changed);
  if (memory) CHECK(text_of(memory) == std::string(20'000, 'x'));
}

TEST_CASE("all sections of one file show one memory", "[section][SEC-27]") {
  const temporary_folder folder;
  const auto file = folder.file("file", std::string(70000, '.'));
  const auto first = section::from_file(file, {.access = read_write});
  const auto second = section::from_file(file);
  const native_file open(file, native_file::use::read_write);
  const auto third = section::from_file(open.get(), {.size = 40000, .access = read_write});
  const auto writing = view::map(first);
  const auto reading = const_view::map(second);
  const auto part = view::map(third, {.offset = 30000});
  put(writing, "first", 30000);
  CHECK(text_of(reading).substr(30000, 5) == "first");
  put(part, "third");
  CHECK(text_of(reading).substr(30000, 5) == "third");
}

TEST_CASE("what was written is in the file when view and section are gone",
          "[section][SEC-28][VIEW-30]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  {
    const auto made = section::from_file(file, {.access = read_write});
    put(view::map(made), "C");
  }
  CHECK(read_file(file) == "Content");
}

TEST_CASE("a path may have any characters", "[section][SEC-06]") {
  const temporary_folder folder;
  const auto path = to_path(to_text(folder.path()) + "/n\xc3\xb6n-\xd0\x90SCII and space");
  write_file(path, "content");
  CHECK(section::from_file(path).size() == 7);
  const auto missing = thrown_by([&] {
    (void)section::from_file(to_path(to_text(folder.path()) + "/n\xc3\xb6n-\xd0\x90SCII missing"));
  });
  CHECK(missing.code == errc::not_found);
}

TEST_CASE("a file's section may have a name", "[section][SEC-06][LIFE-01]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  const auto name = unique_name("file");
  auto made = section::from_file(file, {.name = name, .access = read_write});
  CHECK(made.name() == name);
  CHECK(made.created());
  auto opened = section::open({.name = name});
  CHECK(opened.size() == 7);
  CHECK(opened.backing() == isthmus::section_backing::file);
  CHECK_FALSE(opened.created());
  put(view::map(made), "C");
  CHECK(text_of(const_view::map(opened)) == "Content");
  auto found = section::open_or_create({.name = name, .size = 1});
  CHECK(found.size() == 7);
  made.close();
  found.close();
  CHECK(section::open({.name = name}));
  opened.close();
  std::error_code ec;
  CHECK_FALSE(section::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
  CHECK(read_file(file) == "Content");
}

TEST_CASE("a name that exists leaves the file as it is", "[section][CRE-06]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  const auto name = unique_name("taken");
  const auto held = section::create({.name = name, .size = 4096});
  std::error_code ec;
  CHECK_FALSE(section::from_file(file, {.name = name, .size = 100, .access = read_write}, ec));
  CHECK(ec == errc::already_exists);
  CHECK(read_file(file) == "content");
  const auto guard_name = unique_name("guard");
  const auto guard = isthmus::mutex::create({.name = guard_name});
  CHECK_FALSE(
      section::from_file(file, {.name = guard_name, .size = 100, .access = read_write}, ec));
  CHECK(ec == errc::wrong_kind);
  CHECK(read_file(file) == "content");
  CHECK_FALSE(section::from_file(file, {.name = "a\\b", .size = 100, .access = read_write}, ec));
  CHECK(ec == errc::invalid_name);
  CHECK(read_file(file) == "content");
}
