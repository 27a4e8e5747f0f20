// SPDX-License-Identifier: MIT
//
// What really crosses into a child: its table of descriptors, looked at; and what a hint does that
// has got where it does not belong.
#include "channel.hpp"
#include "forked.hpp"
#include "native.hpp"

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace support;
using isthmus::access;
using isthmus::channel;
using isthmus::errc;
using isthmus::event;
using isthmus::inherited;
using isthmus::mutex;
using isthmus::process;
using isthmus::section;
using isthmus::stream;
using isthmus::wait_status;
using isthmus::detail::native_access;

namespace {

int result_of(process started) {
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  return started.exit_code().value_or(-1);
}

int result_of(std::string_view child, std::vector<isthmus::inherit_entry> inherit,
              std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), child_argument(child));
  return result_of(process::start({.program = child_program(),
                                   .arguments = std::move(arguments),
                                   .inherit = std::move(inherit)}));
}

/// The descriptors of this process that are the library's, but for the one that each has for its
/// exit code.
std::vector<int> descriptors() {
  std::vector<int> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const auto target = std::filesystem::read_symlink(entry, ignored).string();
    if (target.find("isthmus-exit-code") != target.npos) continue;
    if (target.find("isthmus") != target.npos) all.push_back(std::stoi(entry.path().filename()));
  }
  return all;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a program that is no isthmus program has the listed descriptors and no others",
          "[inherit][INH-04]") {
  const temporary_folder folder;
  const auto before = process::start({.program = "/bin/ls",
                                      .arguments = {"/proc/self/fd"},
                                      .output = stream::file(folder / "without")})
                          .wait_for(patience());
  REQUIRE(before == wait_status::signaled);
  std::vector<event> others(10);
  for (auto& other : others) other = event::create({.name = unique_name("other")});
  const auto unnamed = section::create({.size = 4096});
  const auto named = mutex::create({.name = unique_name("named")});
  const auto text = section::from_file(program(), {.name = unique_name("text")});
  auto started = process::start({.program = "/bin/ls",
                                 .arguments = {"/proc/self/fd"},
                                 .output = stream::file(folder / "with"),
                                 .inherit = {{"a", unnamed}, {"b", named}, {"c", text}}});
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  // The will, one for each, and the file of the section that has one.
  CHECK(lines_of(read_file(folder / "with")).size() ==
        lines_of(read_file(folder / "without")).size() + 5);
}

// What the library found is held by descriptors that no child of this one gets.
CHILD(looks_at_itself) {
  const auto all = descriptors();
  if (all.size() != static_cast<std::size_t>(std::stoi(io.argument(0)))) return 1;
  const bool closed_on_exec = std::all_of(
      all.begin(), all.end(), [](int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; });
  return closed_on_exec ? 0 : 2;
}

TEST_CASE("an isthmus program has a descriptor for each object, closed for its own children",
          "[inherit][INH-04]") {
  const auto unnamed = section::create({.size = 4096});
  const auto narrow = unnamed.duplicate(access::read);
  const auto other = event::create();
  CHECK(result_of("looks_at_itself", {}, {"0"}) == 0);
  CHECK(result_of("looks_at_itself", {{"a", unnamed}, {"b", narrow}, {"c", other}}, {"3"}) == 0);
  // Of a named one also the directory's.
  const auto named = mutex::create({.name = unique_name("named")});
  CHECK(result_of("looks_at_itself", {{"a", named}}, {"2"}) == 0);
}

CHILD(has_it) {
  std::error_code ec;
  return inherited<event>("it", ec) ? 0 : ec == errc::not_found ? 1 : 2;
}

// A plain exec of this program, with the hint still in the environment. Something else lies where
// the hint says that the will is: another isthmus section, open for whoever looks.
CHILD(execs_with_its_hint) {
  if (!inherited<event>("it")) return 10;
  const char* const told = std::getenv("ISTHMUS_INHERITED");
  if (told == nullptr) return 12;
  std::istringstream hint(told);
  std::string when;
  std::string number;
  int count = 0;
  int will = -1;
  hint >> when >> number >> count >> std::hex >> will;
  if (!hint || count != 1) return 11;
  const auto decoy = section::create({.size = 4096});
  if (io.argument(0) == "decoy" && ::dup2(isthmus::native_handle(decoy), will) != will) return 12;
  const auto file = program().string();
  const auto argument = child_argument("has_it");
  ::execl(file.c_str(), file.c_str(), argument.c_str(), nullptr);
  return 13;
}

TEST_CASE("a hint that is left over adopts nothing", "[inherit]") {
  const auto object = event::create();
  CHECK(result_of("has_it", {{"it", object}}) == 0);
  CHECK(result_of("execs_with_its_hint", {{"it", object}}, {"nothing"}) == 1);
  CHECK(result_of("execs_with_its_hint", {{"it", object}}, {"decoy"}) == 1);
}

TEST_CASE("an end of a channel is known by its socket", "[inherit][channel]") {
  auto passed = channel::pair();
  auto other = channel::pair();
  isthmus::detail::end_identity identity{};
  isthmus::detail::failure why;
  auto carried = pack_end(*native_access::state(passed.first), identity, why);
  REQUIRE(carried);
  // What else may lie where it was.
  const temporary_folder folder;
  for (const int decoy : {::fcntl(isthmus::native_handle(other.first), F_DUPFD_CLOEXEC, 0),
                          ::fcntl(isthmus::native_handle(passed.second), F_DUPFD_CLOEXEC, 0),
                          ::open(folder.file("text", "hello").c_str(), O_RDONLY | O_CLOEXEC), -1}) {
    why.clear();
    CHECK(unpack_end(isthmus::detail::carrier(decoy), identity, why) == nullptr);
    CHECK(why.code == errc::damaged);
  }
  why.clear();
  auto arrived = native_access::wrap<channel>(unpack_end(std::move(carried), identity, why));
  REQUIRE(arrived);
  other.first.send("still there");
  CHECK(other.second.receive(patience()).message == "still there");
  arrived.send("here");
  CHECK(passed.second.receive(patience()).message == "here");
}

TEST_CASE("what goes through a wrapper is for the first isthmus program that it starts",
          "[inherit]") {
  const auto object = event::create();
  const auto run = "'" + child_program().string() + "' " + child_argument("has_it");
  const auto once = run + "; exit $?";
  const auto twice = run + "; " + once;
  for (const auto& [script, result] : {std::pair{"exec " + run, 0}, {once, 0}, {twice, 1}})
    CHECK(result_of(process::start(
              {.program = "/bin/sh", .arguments = {"-c", script}, .inherit = {{"it", object}}})) ==
          result);
}

TEST_CASE("hints that make no sense are none", "[inherit]") {
  for (const char* const hint :
       {"", " ", "1", "1 2", "1 2 3", "1 2 1 3 ", "1 2 1 3 1.1.3.1.0.0.1000.3.0.",
        "1 2 1 ffffffffffffffff 1.1.3.1.0.0.1000.3.0.", "1 2 1 0 1.1.3.1.0.0.1000.3.0.", "x y z",
        "1 2 9 3 4 5 6 7 8 9 a 1.1"}) {
    INFO(hint);
    const std::string file = program().string();
    white::forked child([&] {
      ::setenv("ISTHMUS_INHERITED", hint, 1);
      const auto argument = child_argument("has_it");
      ::execl(file.c_str(), file.c_str(), argument.c_str(), nullptr);
      return 13;
    });
    CHECK(child.ended() == 1);
  }
}

CHILD(has_it_in_secure_mode) {
  if (::getauxval(AT_SECURE) == 0) return 3;
  std::error_code ec;
  return inherited<event>("it", ec) ? 0 : ec == errc::not_found ? 1 : 2;
}

TEST_CASE("a set-uid program inherits nothing", "[inherit]") {
  if (::geteuid() != 0) SKIP("only root can make a program that runs as another user");
  const temporary_folder folder;
  const auto copy = folder / "copy";
  std::filesystem::copy_file(program(), copy);
  constexpr uid_t nobody = 65534;
  REQUIRE(::chown(copy.c_str(), nobody, nobody) == 0);
  REQUIRE(::chmod(copy.c_str(), 04755) == 0);
  const auto object = event::create();
  const int result =
      result_of(process::start({.program = copy,
                                .arguments = {child_argument("has_it_in_secure_mode")},
                                .inherit = {{"it", object}}}));
  if (result == 3) SKIP("the file system does not run programs as another user");
  CHECK(result == 1);
}

// Without standard streams the first descriptors are 0, 1 and 2.
CHILD(passes_without_streams) {
  for (const int fd : {0, 1, 2}) ::close(fd);
  const auto object = event::create();
  const auto second = event::create();
  const auto third = event::create();
  isthmus::pipe_end output;
  auto started = process::start({.program = program(),
                                 .arguments = {child_argument("has_it")},
                                 .input = stream::null(),
                                 .output = stream::pipe(output),
                                 .error = stream::null(),
                                 .inherit = {{"it", object}, {"2", second}, {"3", third}}});
  if (started.wait_for(patience()) != wait_status::signaled) return 20;
  return started.exit_code().value_or(21);
}

TEST_CASE("objects whose descriptors lie on those of the streams cross unharmed", "[inherit]") {
  CHECK(result_of("passes_without_streams", {}) == 0);
}

CHILD(forks_first) {
  const int from_fork = white::in_child([] {
    auto mine = inherited<event>("it");
    return mine.wait_for(0s) == wait_status::signaled ? 0 : 1;
  });
  return from_fork == 0 && inherited<event>("it").wait_for(0s) == wait_status::timeout ? 0 : 1;
}

TEST_CASE("a forked child has what its parent has inherited", "[inherit][fork]") {
  auto object = event::create({.name = unique_name("forked"), .initially_set = true});
  CHECK(result_of("forks_first", {{"it", object}}) == 0);
}

TEST_CASE("with no descriptor left a start is an error, and nothing is lost", "[inherit]") {
  const auto object = section::create({.size = 4096});
  const auto result = white::in_child([&] {
    const auto highest = ::dup(0);
    ::close(highest);
    for (int more = 0; more < 8; ++more) {
      const rlimit limit{static_cast<rlim_t>(highest + more), 4096};
      ::setrlimit(RLIMIT_NOFILE, &limit);
      std::error_code ec;
      isthmus::pipe_end end;
      auto started = process::start({.program = "/bin/true",
                                     .output = stream::pipe(end),
                                     .inherit = {{"a", object}, {"b", object}}},
                                    ec);
      const rlimit enough{1024, 4096};
      ::setrlimit(RLIMIT_NOFILE, &enough);
      if (!started && ec != errc::too_many_handles) return 1;
      if (started && started.wait_for(patience()) != wait_status::signaled) return 2;
      if (started && more < 4) return 3;  // where should it have got its pipe from?
      started.close();
      end.close();
      const int now = ::dup(0);
      ::close(now);
      if (now != highest) return 4;
    }
    return 0;
  });
  CHECK(result == 0);
}
