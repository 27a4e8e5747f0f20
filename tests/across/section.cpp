// SPDX-License-Identifier: MIT
#include <isthmus/section.hpp>

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/process.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr std::uint64_t size_of_all = 100'000;

/// A new one must be made, and be zeroed.
bool is_fresh(const std::string& name) {
  const auto made = section::create({.name = name, .size = size_of_all});
  const auto memory = view::map(made);
  const bool zeroed = is_zero(memory.bytes());
  fill(memory.bytes());
  return made.created() && zeroed;
}

}  // namespace

// Makes or opens the section that it is told, and obeys: put, get, commit, close, exit.
CHILD(holder) {
  const auto& name = io.argument(1);
  auto held = io.argument(0) == "create" ? section::create({.name = name, .size = size_of_all})
                                         : section::open({.name = name}, patience());
  auto memory = std::optional(view::map(held));
  io.send("ready");
  for (;;) {
    const auto order = io.receive();
    if (order == "put") memory->as<int>(70'000) = 4711;
    if (order == "fill") fill(memory->bytes());
    if (order == "commit") memory->commit(0, 65536);
    if (order == "get") {
      io.send(std::to_string(memory->as<int>(70'000)));
      continue;
    }
    if (order == "size") {
      io.send(std::to_string(held.size()));
      continue;
    }
    if (order == "creator") {
      io.send(held.creator().user);
      continue;
    }
    if (order == "close section") held.close();
    if (order == "close view") memory.reset();
    if (order == "exit") return 0;
    if (order == "exit at once") exit_at_once(0);
    io.send("done");
  }
}

TEST_CASE("what one process writes another reads", "[section][SEC-27]") {
  const auto name = unique_name("shared");
  const auto made = section::create({.name = name, .size = size_of_all});
  const auto memory = view::map(made);
  memory.as<int>(70'000) = 42;
  ready_child other("holder", {"open", name});
  CHECK(other.ask("get") == "42");
  CHECK(other.ask("put") == "done");
  CHECK(memory.as<int>(70'000) == 4711);
}

TEST_CASE("every process sees the same size", "[section][SEC-03][SEC-24]") {
  const auto name = unique_name("size");
  ready_child creator("holder", {"create", name});
  const auto opened = section::open({.name = name});
  CHECK(creator.ask("size") == std::to_string(opened.size()));
  CHECK(opened.size() >= size_of_all);
  CHECK(const_view::map(opened).size() == opened.size());
}

TEST_CASE("after its creator was killed a name is free and new memory is zeroed",
          "[section][LIFE-03][SEC-05]") {
  const auto name = unique_name("killed");
  for (int i = 0; i < 2; ++i) {
    ready_child creator("holder", {"create", name});
    CHECK(creator.ask("fill") == "done");
    CHECK(exists(name));
    creator.kill();
    CHECK_FALSE(exists(name));
    CHECK(is_fresh(name));
  }
}

TEST_CASE("a name is free however its last holder ended", "[section][LIFE-01][LIFE-03]") {
  for (const std::string end : {"exit", "exit at once"}) {
    CAPTURE(end);
    const auto name = unique_name("ended");
    ready_child creator("holder", {"create", name});
    creator.send(end);
    CHECK(creator.exit_code() == 0);
    CHECK_FALSE(exists(name));
    CHECK(is_fresh(name));
  }
}

TEST_CASE("whoever holds a section keeps its name and bytes when the creator is killed",
          "[section][LIFE-03][INH-07]") {
  const auto name = unique_name("kept");
  ready_child creator("holder", {"create", name});
  ready_child keeper("holder", {"open", name});
  CHECK(creator.ask("put") == "done");
  creator.kill();
  {
    const auto opened = section::open({.name = name});
    CHECK(const_view::map(opened).as<int>(70'000) == 4711);
  }
  CHECK(exists(name));
  CHECK(keeper.ask("get") == "4711");
  keeper.kill();
  CHECK_FALSE(exists(name));
}

TEST_CASE("another process's view keeps the bytes, not the name, and a new section is another one",
          "[section][LIFE-02]") {
  const auto name = unique_name("beside");
  ready_child other("holder", {"create", name});
  CHECK(other.ask("put") == "done");
  CHECK(other.ask("close section") == "done");
  CHECK_FALSE(exists(name));
  const auto made = section::create({.name = name, .size = size_of_all});
  const auto memory = view::map(made);
  CHECK(memory.as<int>(70'000) == 0);
  memory.as<int>(70'000) = 42;
  CHECK(other.ask("get") == "4711");
  other.kill();
  CHECK(exists(name));
  CHECK(memory.as<int>(70'000) == 42);
}

TEST_CASE("closing in one process leaves the name to the other", "[section][LIFE-01]") {
  const auto name = unique_name("closed");
  auto mine = section::create({.name = name, .size = size_of_all});
  ready_child other("holder", {"open", name});
  CHECK(other.ask("close view") == "done");
  mine.close();
  CHECK(exists(name));
  CHECK(other.ask("close section") == "done");
  CHECK_FALSE(exists(name));
}

TEST_CASE("a stopped holder keeps its name, and nobody waits for it", "[section][LIFE-03]") {
  const auto name = unique_name("stopped");
  ready_child holder("holder", {"create", name});
  holder.stop();
  CHECK(exists(name));
  std::error_code ec;
  CHECK_FALSE(section::create({.name = name, .size = 1}, ec));
  CHECK(ec == errc::already_exists);
  CHECK(is_fresh(unique_name("another")));
  holder.kill();  // while it is stopped
  CHECK_FALSE(exists(name));
  CHECK(is_fresh(name));
}

TEST_CASE("started processes hold nothing of what their parent holds",
          "[section][INH-01][VIEW-27]") {
  const auto name = unique_name("inherited");
  auto made = section::create({.name = name, .size = size_of_all});
  auto memory = view::map(made);
  const auto unrelated = unique_name("unrelated");
  ready_child started("holder", {"create", unrelated});
  memory.unmap();
  made.close();
  CHECK_FALSE(exists(name));
  CHECK(exists(unrelated));
}

TEST_CASE("who made an object is known everywhere", "[section][ACL-12][ACL-13]") {
  const auto name = unique_name("creator");
  ready_child creator("holder", {"create", name});
  const auto opened = section::open({.name = name});
  CHECK(opened.creator().user == creator.ask("creator"));
  if (const auto id = opened.creator().process_id) CHECK(*id == creator.id());
}

TEST_CASE("committing reserved memory counts for all processes", "[section][SEC-18]") {
  const auto name = unique_name("reserved");
  const auto made = section::create({.name = name, .size = 1 << 20, .reserve = true});
  const auto memory = view::map(made);
  const auto before = committed_bytes(made, memory.data(), memory.size());
  ready_child other("holder", {"open", name});
  CHECK(other.ask("commit") == "done");
  CHECK(committed_bytes(made, memory.data(), memory.size()) == before + 65536);
  memory.as<int>() = 1;
}

// Writes into a file's section, and is killed.
CHILD(file_writer) {
  const auto made = section::from_file(
      to_path(io.argument(0)), {.name = io.argument(1), .access = access::read | access::write});
  const auto memory = view::map(made);
  memory.as<char>() = 'C';
  io.send("ready");
  io.receive();
  return 0;
}

TEST_CASE("a named file section is opened by name, and its bytes outlive a kill",
          "[section][SEC-27][VIEW-30][LIFE-03]") {
  const temporary_folder folder;
  const auto file = folder.file("file", "content");
  const auto name = unique_name("file");
  ready_child writer("file_writer", {to_text(file), name});
  auto opened = section::open({.name = name});
  CHECK(opened.size() == 7);
  CHECK(const_view::map(opened).as<char>() == 'C');
  view::map(opened).as<char>(6) = 'T';
  writer.kill();
  CHECK(exists(name));
  opened.close();
  CHECK_FALSE(exists(name));
  CHECK(read_file(file) == "ContenT");
}

// Makes, opens and closes one name without end.
CHILD(churner) {
  const auto& name = io.argument(0);
  io.send("ready");
  for (;;) {
    std::error_code ec;
    auto made = section::open_or_create({.name = name, .size = 4096}, ec);
    CHILD_REQUIRE(!ec);
    auto opened = section::open({.name = name}, ec);
    CHILD_REQUIRE(!ec);
    made.close(ec);
    CHILD_REQUIRE(!ec);
  }
}

TEST_CASE("a process killed at any moment leaves a name that works",
          "[section][LIFE-03][NAME-24]") {
  const auto name = unique_name("churn");
  for (int i = 0; i < 6; ++i) {
    child first("churner", {name});
    child second("churner", {name});
    first.expect("ready");
    second.expect("ready");
    const auto end = clock::now() + i * 7ms;
    do {
      CHECK(section::open_or_create({.name = name, .size = 4096}));
    } while (clock::now() < end);
    first.kill();
    CHECK_FALSE(second.speaks(20ms));  // it would complain
    second.kill();
    CHECK_FALSE(exists(name));
    CHECK(is_fresh(name));
  }
}
