// SPDX-License-Identifier: MIT
//
// What started processes inherit is what is listed, and it lives as long as they do.
#include "across/heirs.hpp"

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"
#include "support/watchdog.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::event;
using isthmus::inherited;
using isthmus::process;
using isthmus::section;
using isthmus::wait_status;

namespace {

bool exists(const std::string& name) {
  std::error_code ec;
  return static_cast<bool>(section::open({.name = name}, ec));
}

}  // namespace

CHILD(ends_at_once) { return 0; }

// Holds what it has inherited until it is told to end.
CHILD(holds) {
  std::error_code ec;
  if (io.arguments().size() > 1) isthmus::event::open({.name = io.argument(1)}, patience()).set();
  return event::open({.name = io.argument(0)}, patience()).wait_for(program_limit()) ==
                 wait_status::signaled
             ? 0
             : 1;
}

TEST_CASE("processes that many threads start at once inherit what is listed for each, and no more",
          "[inherited][INH-04]") {
  const auto count = static_cast<std::size_t>(repetitions(50));
  const auto name = unique_name("crowd");
  auto end = event::create({.name = name + ".end", .mode = isthmus::reset_mode::manual});
  std::vector<section> sections;
  std::vector<process> processes(count);
  for (std::size_t i = 0; i < count; ++i)
    sections.push_back(section::create({.name = name + std::to_string(i), .size = 4096}));
  {
    std::list<worker> threads;
    std::vector<std::future<void>> done;
    for (std::size_t i = 0; i < count; ++i)
      done.push_back(threads.emplace_back().start([&, i] {
        processes[i] = start_heir("holds", {name + ".end"}, {{"it", sections[i]}});
      }));
    for (auto& one : done) {
      REQUIRE(ready(one));
      one.get();
    }
  }
  sections.clear();
  // Each name is held by its child, and by nobody else: it goes with it.
  for (std::size_t i = 0; i < count; i += 2) {
    CHECK(exists(name + std::to_string(i)));
    processes[i].terminate();
    CHECK(processes[i].wait_for(patience()) == wait_status::signaled);
    CHECK_FALSE(exists(name + std::to_string(i)));
  }
  for (std::size_t i = 1; i < count; i += 2) CHECK(exists(name + std::to_string(i)));
  end.set();
  for (std::size_t i = 1; i < count; i += 2) {
    CHECK(result_of(std::move(processes[i])) == 0);
    CHECK_FALSE(exists(name + std::to_string(i)));
  }
}

CHILD(tells_handles) {
  write_file(to_path(io.argument(0)), std::to_string(open_handles()));
  return 0;
}

TEST_CASE("a child has no more handles than what is listed takes", "[inherited][INH-01][INH-04]") {
  const temporary_folder folder;
  const auto handles_of_child = [&](inheritance inherit) {
    const auto file = folder / "count";
    CHECK(result_of(start_heir("tells_handles", {to_text(file)}, std::move(inherit))) == 0);
    return std::stoi(read_file(file));
  };
  const auto listed = event::create();
  const auto before = handles_of_child({});
  if (before == 0) SKIP("this system does not count handles");  // Wine
  CHECK(handles_of_child({{"it", listed}}) == before + 1);
  std::vector<event> others(20);
  const auto name = unique_name("other");
  for (std::size_t i = 0; i < others.size(); ++i)
    others[i] = event::create({.name = i % 2 != 0 ? name + std::to_string(i) : ""});
  const auto memory = section::create({.name = name, .size = 4096});
  CHECK(handles_of_child({}) == before);
  CHECK(handles_of_child({{"it", listed}}) == before + 1);
}

TEST_CASE("starting with an inheritance leaves no handle behind, failed or not", "[inherited]") {
  const auto named = event::create({.name = unique_name("kept")});
  const auto unnamed = section::create({.size = 4096});
  const auto ends = isthmus::channel::pair();
  const auto round = [&](const std::string& program) {
    std::error_code ec;
    auto started =
        process::start({.program = program,
                        .arguments = {child_argument("ends_at_once")},
                        .inherit = {{"named", named}, {"unnamed", unnamed}, {"end", ends.first}}},
                       ec);
    if (started) CHECK(started.wait_for(patience()) == wait_status::signaled);
  };
  for (const auto& program : {to_text(child_program()), std::string("isthmus-no-such-program")}) {
    round(program);
    const auto before = open_handles();
    for (int i = 0; i < 5; ++i) round(program);
    CHECK(open_handles() == before);
  }
}

// Makes an object that outlives it.
CHILD(short_lived) {
  const auto memory = section::create({.name = io.argument(0), .size = 4096});
  isthmus::view::map(memory).as<int>() = 4711;
  auto heir = start_heir("holds", {io.argument(1), io.argument(2)}, {{"it", memory}});
  (void)heir.wait_for(patience());  // killed before that
  return 1;
}

TEST_CASE("what a child has inherited lives on when its parent is killed", "[inherited][INH-07]") {
  const auto name = unique_name("legacy");
  auto end = event::create({.name = name + ".end", .mode = isthmus::reset_mode::manual});
  auto held = event::create({.name = name + ".held"});
  auto parent = start_heir("short_lived", {name, name + ".end", name + ".held"});
  REQUIRE(held.wait_for(patience()) == wait_status::signaled);
  parent.terminate();
  REQUIRE(parent.wait_for(patience()) == wait_status::signaled);
  {
    const auto memory = section::open({.name = name});
    CHECK(isthmus::const_view::map(memory).as<int>() == 4711);
  }
  CHECK(exists(name));
  end.set();
  CHECK(eventually([&] { return !exists(name); }));
}

CHILD(has_many) {
  const int count = std::stoi(io.argument(0));
  for (int i = 0; i < count; ++i) {
    const auto key = std::to_string(i);
    if (isthmus::const_view::map(inherited<section>(key)).as<int>() != i) return 1;
  }
  return 0;
}

TEST_CASE("hundreds of objects are inherited", "[inherited]") {
  constexpr int count = 300;
  inheritance all;
  std::list<section> objects;
  for (int i = 0; i < count; ++i) {
    objects.push_back(section::create({.size = 1}));
    isthmus::view::map(objects.back()).as<int>() = i;
    all.emplace_back(std::to_string(i), objects.back());
  }
  CHECK(result_of(start_heir("has_many", {std::to_string(count)}, std::move(all))) == 0);
}
