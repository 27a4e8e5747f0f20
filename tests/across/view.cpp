// SPDX-License-Identifier: MIT
#include <isthmus/view.hpp>

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::section;
using isthmus::view;

namespace {

constexpr std::uint64_t GiB = 1 << 30;

void write_to(const std::byte* place) { *const_cast<volatile std::byte*>(place) = std::byte{1}; }

void touch(child_io& io, const std::byte* place) {
  die_plainly_on_faults();
  io.send("touching");
  write_to(place);
  io.send("survived");
}

}  // namespace

CHILD(writes_to_read_only_handle) {
  const auto opened = section::open({.name = io.argument(0), .access = access::read});
  touch(io, const_view::map(opened).data());
  return 0;
}

CHILD(writes_to_const_view) {
  const auto opened = section::open({.name = io.argument(0)});
  touch(io, const_view::map(opened).data());
  return 0;
}

CHILD(writes_after_unmap) {
  const auto opened = section::open({.name = io.argument(0)});
  auto mapped = view::map(opened);
  auto* const place = mapped.data();
  // What is said may need memory, which would be found where the view has been.
  die_plainly_on_faults();
  io.send("touching");
  mapped.unmap();
  write_to(place);
  io.send("survived");
  return 0;
}

CHILD(writes_to_read_only_file) {
  const auto opened = section::from_file(to_path(io.argument(0)));
  touch(io, const_view::map(opened).data());
  return 0;
}

CHILD(writes_to_view) {
  const auto opened = section::open({.name = io.argument(0)});
  touch(io, view::map(opened).data());
  return 0;
}

TEST_CASE("writing where it is forbidden is a fault and changes nothing",
          "[view][VIEW-31][VIEW-03][SEC-33]") {
  const auto name = unique_name("fault");
  const auto made = section::create({.name = name, .size = 4096});
  CHECK(faults("writes_to_read_only_handle", {name}));
  CHECK(faults("writes_to_const_view", {name}));
  CHECK(faults("writes_after_unmap", {name}));
  CHECK(const_view::map(made).bytes()[0] == std::byte{0});

  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  CHECK(faults("writes_to_read_only_file", {to_text(file)}));
  CHECK(read_file(file) == "content");

  // The counter-test: it is not the touching itself.
  child writer("writes_to_view", {name});
  writer.expect("touching");
  writer.expect("survived");
  CHECK(writer.exit_code() == 0);
  CHECK(const_view::map(made).bytes()[0] == std::byte{1});
}

// Maps copy-on-write and shows what it sees.
CHILD(copier) {
  const auto opened = section::open({.name = io.argument(0), .access = access::read});
  const auto own = view::map(opened, {.copy_on_write = true});
  for (;;) {
    const auto order = io.receive();
    if (order == "get") {
      io.send(std::to_string(own.as<int>()));
    } else {
      own.as<int>() = std::stoi(order);
      io.send("done");
    }
  }
}

TEST_CASE("private pages are private between processes", "[view][VIEW-19][VIEW-20]") {
  const auto name = unique_name("private");
  const auto made = section::create({.name = name, .size = 4096});
  const auto memory = view::map(made);
  memory.as<int>() = 1;
  child first("copier", {name});
  child second("copier", {name});
  CHECK(first.ask("get") == "1");
  memory.as<int>() = 2;
  CHECK(first.ask("get") == "2");
  CHECK(first.ask("3") == "done");
  CHECK(first.ask("get") == "3");
  CHECK(memory.as<int>() == 2);
  CHECK(second.ask("get") == "2");
  memory.as<int>() = 4;
  CHECK(first.ask("get") == "3");
  CHECK(second.ask("get") == "4");
}

// Answers what stands at an offset.
CHILD(far_reader) {
  const auto opened = section::open({.name = io.argument(0)});
  for (;;) {
    const auto offset = std::stoull(io.receive());
    const auto part = view::map(opened, {.offset = offset, .length = 8});
    auto& number = part.as<std::uint64_t>();
    CHILD_REQUIRE(number == offset);
    number = ~offset;
    io.send("right");
  }
}

TEST_CASE("views at high offsets are the same bytes in every process", "[view][VIEW-11][SEC-18]") {
  const auto name = unique_name("far");
  const std::uint64_t size = 9 * GiB;
  const auto made = section::create({.name = name, .size = size, .reserve = true});
  child reader("far_reader", {name});
  for (const std::uint64_t offset : {std::uint64_t{0}, 2 * GiB - 8, 2 * GiB, 4 * GiB - 4096,
                                     4 * GiB, 5 * GiB + 1024, size - 8}) {
    CAPTURE(offset);
    const auto part = view::map(made, {.offset = offset, .length = 8});
    part.commit(0, 8);
    part.as<std::uint64_t>() = offset;
    CHECK(reader.ask(std::to_string(offset)) == "right");
    CHECK(part.as<std::uint64_t>() == ~offset);
  }
}
