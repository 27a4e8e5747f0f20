// SPDX-License-Identifier: MIT
//
// What started processes inherit.
#include <isthmus/inherited.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"
#include "support/watchdog.hpp"

#include <isthmus/error.hpp>
#include <isthmus/process.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::inherited;
using isthmus::mutex;
using isthmus::process;
using isthmus::section;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_status;

namespace {

using list = std::vector<isthmus::inherit_entry>;

process start(std::string_view child, std::vector<std::string> arguments, list inherit = {}) {
  arguments.insert(arguments.begin(), child_argument(child));
  return process::start({.program = child_program(),
                         .arguments = std::move(arguments),
                         .inherit = std::move(inherit)});
}

int result_of(process started) {
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  return started.exit_code().value_or(-1);
}

/// Runs `work.operator()<T>()` for the kind of this name.
template <class Work>
int with_kind(std::string_view word, Work work) {
  int result = -1;
  const auto try_kind = [&]<class T>(const T*) {
    if (kind<T>::word == word) result = work.template operator()<T>();
  };
  [&]<class... T>(const std::tuple<T...>*) {
    (try_kind(static_cast<const T*>(nullptr)), ...);
  }(static_cast<const kinds*>(nullptr));
  return result;
}

bool exists(const std::string& name) {
  std::error_code ec;
  return static_cast<bool>(section::open({.name = name}, ec));
}

}  // namespace

// Takes an object, sees that it is one, changes its state, and tells its rights.
CHILD(heir) {
  return with_kind(io.argument(0), [&]<class T>() {
    auto first = inherited<T>("it");
    std::error_code ec = make_error_code(errc::busy);
    auto second = inherited<T>("it", ec);
    CHILD_REQUIRE(!ec);
    CHILD_REQUIRE(first.name() == io.argument(1));
    CHILD_REQUIRE(!first.created());
    CHILD_REQUIRE(kind<T>::same(first, second));
    first.close();
    kind<T>::mark(second);
    return static_cast<int>(second.access());
  });
}

CHILD(heir_of_less) {
  return with_kind(io.argument(0), [&]<class T>() {
    std::error_code ec;
    const auto object = inherited<T>("it");
    if constexpr (std::is_same_v<T, section>) {
      (void)isthmus::view::map(object, {}, ec);
      CHILD_REQUIRE(ec == errc::access_denied);
      CHILD_REQUIRE(isthmus::const_view::map(object).template as<int>() == 0);
    } else if constexpr (std::is_same_v<T, event>) {
      inherited<event>("it").set(ec);
      CHILD_REQUIRE(ec == errc::access_denied);
    }
    return static_cast<int>(object.access());
  });
}

TEMPLATE_LIST_TEST_CASE("each kind is inherited, named or not, with its rights",
                        "[inherited][INH-02][INH-03]", kinds) {
  using kind = support::kind<TestType>;
  for (const auto& name : {std::string(), unique_name("it")}) {
    auto object = TestType::create(kind::create(name));
    CHECK(result_of(start("heir", {std::string(kind::word), name}, {{"it", object}})) ==
          static_cast<int>(kind::full));
    if constexpr (std::is_same_v<TestType, mutex>) {
      CHECK(object.lock() == wait_status::abandoned);  // the child has died owning it
      object.unlock();
    } else {
      CHECK(kind::marked(object));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a child may get fewer rights", "[inherited][INH-02]", kinds) {
  using kind = support::kind<TestType>;
  const std::vector<std::string> arguments{std::string(kind::word)};
  for (const auto& name : {std::string(), unique_name("it")}) {
    auto object = TestType::create(kind::create(name));
    CHECK(result_of(start("heir_of_less", arguments, {{"it", object, kind::narrow}})) ==
          static_cast<int>(kind::narrow));
    const auto narrow = object.duplicate(kind::narrow);
    CHECK(result_of(start("heir_of_less", arguments, {{"it", narrow}})) ==
          static_cast<int>(kind::narrow));
  }
}

CHILD(asks_wrongly) {
  CHILD_REQUIRE(code_of([] { (void)inherited<section>("other"); }) == errc::not_found);
  CHILD_REQUIRE(code_of([] { (void)inherited<mutex>("it"); }) == errc::wrong_kind);
  std::error_code ec;
  CHILD_REQUIRE(!inherited<section>("It", ec));
  CHILD_REQUIRE(ec == errc::not_found);
  CHILD_REQUIRE(!inherited<timer>("it", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(inherited<section>("it", ec));
  CHILD_REQUIRE(!ec);
  CHILD_REQUIRE(inherited<event>(std::string("odd \n\0=\xff", 9)));
  return 0;
}

TEST_CASE("what was not passed is not_found, another kind wrong_kind", "[inherited][INH-03]") {
  CHECK(result_of(start("asks_wrongly", {},
                        {{"it", section::create({.size = 1})},
                         {std::string("odd \n\0=\xff", 9), event::create()}})) == 0);
}

CHILD(cannot_lock) {
  auto guard = inherited<mutex>("guard");
  if (guard.try_lock()) return 1;
  std::error_code ec;
  guard.unlock(ec);
  return ec == errc::not_owner ? 0 : 2;
}

TEST_CASE("the ownership of a mutex is not inherited", "[inherited][MTX-17][INH-06]") {
  auto guard = mutex::create({.initially_owned = true});
  CHECK(result_of(start("cannot_lock", {}, {{"guard", guard}})) == 0);
  guard.unlock();
}

// Passes one of its two on.
CHILD(passes_on) {
  const auto first = inherited<event>("first");
  auto next = start("end_of_line", {}, {{"second", inherited<event>("second")}});
  if (next.wait_for(patience()) != wait_status::signaled) return 1;
  return next.exit_code().value_or(2);
}

CHILD(end_of_line) {
  std::error_code ec;
  if (inherited<event>("first", ec) || ec != errc::not_found) return 3;
  inherited<event>("second").set();
  auto next = start("has_nothing", {});
  if (next.wait_for(patience()) != wait_status::signaled) return 4;
  return next.exit_code().value_or(5);
}

CHILD(has_nothing) {
  std::error_code ec;
  return !inherited<event>("first", ec) && !inherited<event>("second", ec) ? 0 : 6;
}

TEST_CASE("what a process inherited is not for its own children", "[inherited][INH-04]") {
  const auto first = event::create();
  auto second = event::create();
  CHECK(result_of(start("passes_on", {}, {{"first", first}, {"second", second}})) == 0);
  CHECK(second.wait_for(0s) == wait_status::signaled);
}

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
        processes[i] = start("holds", {name + ".end"}, {{"it", sections[i]}});
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
  const auto handles_of_child = [&](list inherit) {
    const auto file = folder / "count";
    CHECK(result_of(start("tells_handles", {to_text(file)}, std::move(inherit))) == 0);
    return std::stoi(read_file(file));
  };
  const auto listed = event::create();
  const auto before = handles_of_child({});
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
  const auto round = [&](const std::string& program) {
    std::error_code ec;
    auto started = process::start({.program = program,
                                   .arguments = {child_argument("has_nothing")},
                                   .inherit = {{"named", named}, {"unnamed", unnamed}}},
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
  const auto heir = start("holds", {io.argument(1), io.argument(2)}, {{"it", memory}});
  for (;;) std::this_thread::sleep_for(10ms);
}

TEST_CASE("what a child has inherited lives on when its parent is killed", "[inherited][INH-07]") {
  const auto name = unique_name("legacy");
  auto end = event::create({.name = name + ".end", .mode = isthmus::reset_mode::manual});
  auto held = event::create({.name = name + ".held"});
  auto parent = start("short_lived", {name, name + ".end", name + ".held"});
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
  list all;
  std::list<section> objects;
  for (int i = 0; i < count; ++i) {
    objects.push_back(section::create({.size = 1}));
    isthmus::view::map(objects.back()).as<int>() = i;
    all.emplace_back(std::to_string(i), objects.back());
  }
  CHECK(result_of(start("has_many", {std::to_string(count)}, std::move(all))) == 0);
}

CHILD(reads_file) {
  const auto text = inherited<section>("text");
  CHILD_REQUIRE(text.size() == 5);
  CHILD_REQUIRE(text.access() == access::read);
  const auto view = isthmus::const_view::map(text);
  return std::string_view(static_cast<const char*>(static_cast<const void*>(view.data())), 5) ==
                 "hello"
             ? 0
             : 1;
}

TEST_CASE("sections of files are inherited", "[inherited]") {
  const temporary_folder folder;
  const auto file = folder.file("text", "hello");
  for (const auto& name : {std::string(), unique_name("file")}) {
    auto text = section::from_file(file, {.name = name});
    CHECK(result_of(start("reads_file", {}, {{"text", text}})) == 0);
  }
}
