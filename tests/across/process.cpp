// SPDX-License-Identifier: MIT
//
// Processes that live while they are looked at. They are the library's own, so they have no pipes
// to the test; files tell.
#include <isthmus/process.hpp>

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <filesystem>
#include <list>
#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::mutex;
using isthmus::process;
using isthmus::section;
using isthmus::wait_status;

// Lives until a file appears.
CHILD(lives) {
  const auto folder = to_path(io.argument(0));
  write_file(folder / "ready", "");
  if (!eventually([&] { return std::filesystem::exists(folder / "end"); })) return 6;
  write_file(folder / "ended", "");
  return 5;
}

CHILD(faults_itself) {
  die_plainly_on_faults();
  auto unmapped = isthmus::view::map(section::create({.size = 4096}));
  auto* const place = unmapped.data();
  unmapped.unmap();
  *static_cast<volatile std::byte*>(place) = std::byte{1};
  return 0;
}

namespace {

/// A process that lives, with the folder that it looks at.
struct living {
  living() {
    REQUIRE(eventually([&] { return std::filesystem::exists(folder / "ready"); }));
  }
  void end() const { write_file(folder / "end", ""); }

  temporary_folder folder;
  process handle = process::start(
      {.program = child_program(), .arguments = {child_argument("lives"), to_text(folder.path())}});
};

}  // namespace

TEST_CASE("a process that runs has no exit code, and a wait for it times out", "[process]") {
  living running;
  auto& handle = running.handle;
  CHECK_FALSE(handle.exit_code());
  CHECK(handle.wait_for(0s) == wait_status::timeout);
  CHECK(handle.wait_for(-1s) == wait_status::timeout);
  CHECK(time_of([&] { CHECK(handle.wait_for(moment) == wait_status::timeout); }) >= moment);
  std::error_code ec = make_error_code(errc::busy);
  CHECK(handle.wait_for(1ms, ec) == wait_status::timeout);
  CHECK_FALSE(ec);
  CHECK_FALSE(handle.exit_code());
  running.end();
  CHECK(handle.wait_for(std::chrono::hours::max()) == wait_status::signaled);
  CHECK(handle.exit_code() == 5);
}

TEST_CASE("terminate ends it at once, with code 137", "[process]") {
  living running;
  std::error_code ec = make_error_code(errc::busy);
  running.handle.terminate(ec);
  CHECK_FALSE(ec);
  CHECK(running.handle.wait_for(patience()) == wait_status::signaled);
  CHECK(running.handle.exit_code() == 137);
  // What has ended is left alone.
  running.handle.terminate();
  CHECK(running.handle.exit_code() == 137);
}

TEST_CASE("terminating what has ended by itself keeps its exit code", "[process]") {
  living running;
  running.end();
  CHECK(running.handle.wait_for(patience()) == wait_status::signaled);
  running.handle.terminate();
  CHECK(running.handle.exit_code() == 5);
}

TEST_CASE("giving the handle up does not end the process", "[process]") {
  living running;
  running.handle.close();
  CHECK_FALSE(running.handle);
  running.end();
  CHECK(eventually([&] { return std::filesystem::exists(running.folder / "ended"); }));
}

TEST_CASE("several threads may wait for one process", "[process]") {
  living running;
  std::list<worker> workers;
  std::vector<std::future<wait_status>> results;
  results.reserve(3);
  for (int i = 0; i < 3; ++i) {
    results.push_back(
        workers.emplace_back().start([&] { return running.handle.wait_for(patience()); }));
  }
  CHECK_FALSE(ready(results.front(), moment));
  running.end();
  for (auto& result : results) {
    REQUIRE(ready(result));
    CHECK(result.get() == wait_status::signaled);
  }
  CHECK(running.handle.exit_code() == 5);
}

TEST_CASE("a process that dies of a fault has an exit code that says so", "[process]") {
  auto started =
      process::start({.program = child_program(), .arguments = {child_argument("faults_itself")}});
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  REQUIRE(started.exit_code());
  CHECK(is_fault(*started.exit_code()));
}

TEST_CASE("a started process holds none of its parent's objects", "[process][INH-01][VIEW-27]") {
  const auto name = unique_name("held");
  auto memory = section::create({.name = name + "s", .size = 4096});
  auto guard = mutex::create({.name = name + "m"});
  auto view = isthmus::view::map(memory);
  guard.lock();
  living running;
  memory.close();
  view.unmap();
  guard.close();
  std::error_code ec;
  CHECK_FALSE(section::open({.name = name + "s"}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(mutex::open({.name = name + "m"}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(running.handle.exit_code());  // all the time it was there
  running.end();
  CHECK(running.handle.wait_for(patience()) == wait_status::signaled);
}

// Uses objects when main is over.
CHILD(exit_handler) {
  static auto early = mutex::create({.name = io.argument(0)});
  static const auto name = io.argument(0) + "s";
  std::atexit([] {
    std::error_code ec;
    const bool locked = early.lock(ec) == wait_status::signaled;
    early.unlock(ec);
    const auto memory = section::create({.name = name, .size = 4096}, ec);
    const bool works = locked && !ec && isthmus::view::map(memory).as<int>() == 0;
    exit_at_once(works ? 42 : 43);
  });
  return 0;
}

TEST_CASE("objects work in exit handlers", "[process]") {
  const auto name = unique_name("exit");
  child exiting("exit_handler", {name});
  CHECK(exiting.exit_code() == 42);
  std::error_code ec;
  CHECK_FALSE(mutex::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
}
