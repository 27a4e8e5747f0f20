// SPDX-License-Identifier: MIT
//
// The library's children among those of the program: no zombies, and nobody reaps another's.
#include "forked.hpp"

#include "support/child.hpp"
#include "support/sanitizers.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/process.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

using namespace support;
using isthmus::event;
using isthmus::process;
using isthmus::wait_status;

// Ends when it is told, or with its parent.
CHILD(waits_for_end) {
  auto end = isthmus::inherited<event>("end");
  return end.wait_for(patience()) == wait_status::signaled ? 5 : 1;
}

namespace {

process start(const event& end) {
  return process::start({.program = child_program(),
                         .arguments = {child_argument("waits_for_end")},
                         .inherit = {{"end", end}}});
}

/// How many children of this process there are in this state, or in any for 0.
int children(char wanted = 0) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream in(entry.path() / "stat");
    std::string text;
    std::getline(in, text);
    const auto name_end = text.rfind(')');
    if (!in || name_end == text.npos) continue;
    const char state = text[name_end + 2];
    if (std::stoi(text.substr(name_end + 4)) == ::getpid() && (wanted == 0 || state == wanted))
      ++count;
  }
  return count;
}

/// How many threads of the library's watch: they are those that block a signal which nobody else
/// here blocks.
int watchers() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(entry.path() / "status");
    std::string word;
    while (in >> word && word != "SigBlk:") {
    }
    if (in >> word && (std::stoull(word, nullptr, 16) >> (SIGTERM - 1) & 1) != 0) ++count;
  }
  return count;
}

bool watchers_become(int wanted) {
  return eventually([&] { return watchers() == wanted; });
}

/// Puts a handler of SIGCHLD there, or ignores it, for a while.
class sigchld {
 public:
  explicit sigchld(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(SIGCHLD, &action, &before_);
  }
  sigchld(const sigchld&) = delete;
  sigchld& operator=(const sigchld&) = delete;
  ~sigchld() { ::sigaction(SIGCHLD, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

std::atomic<int> signals = 0;
std::atomic<int> on_other_threads = 0;
thread_local bool here = false;

}  // namespace

TEST_CASE("children whose handle went first do not stay as zombies", "[reaping]") {
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  const auto before = children();
  const auto handles = open_handles();
  for (int i = 0; i < 10; ++i) (void)start(end);
  CHECK(children() == before + 10);
  end.set();
  // No further call of the library is needed.
  CHECK(eventually([&] { return children() == before; }));
  CHECK(eventually([&] { return open_handles() == handles; }));
}

TEST_CASE("the thread that watches blocks signals, and ends when there is nothing to watch",
          "[reaping]") {
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  REQUIRE(watchers_become(0));
  for (int i = 0; i < 3; ++i) {
    end.reset();
    auto first = start(end);
    auto second = start(end);
    CHECK(isthmus::wait_any_for({first, second, never}, 1ms).status == wait_status::timeout);
    CHECK(watchers() == 1);
    end.set();
    CHECK(isthmus::wait_all_for({first, second}, patience()).status == wait_status::signaled);
    CHECK(watchers_become(0));
  }
  // So it does when the handle of a process that is not ours goes.
  {
    auto self = process::open(process_id());
    CHECK(isthmus::wait_any_for({self, never}, 1ms).status == wait_status::timeout);
    CHECK(watchers() == 1);
  }
  CHECK(watchers_become(0));
}

TEST_CASE("a wait alone needs no thread", "[reaping]") {
  auto end = event::create();
  REQUIRE(watchers_become(0));
  auto one = start(end);
  CHECK(one.wait_for(moment) == wait_status::timeout);
  CHECK(watchers() == 0);
  end.set();
  CHECK(one.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("the library reaps none but its own children", "[reaping]") {
  auto end = event::create({.initially_set = true});
  white::forked other([] { return 9; });
  CHECK(eventually([] { return children('Z') == 1; }));
  auto never = event::create();
  auto ours = start(end);
  CHECK(isthmus::wait_any_for({never, ours}, patience()).index == 1);
  CHECK(ours.exit_code() == 5);
  auto opened = process::open(static_cast<std::uint32_t>(other.id()));
  CHECK(opened.wait_for(patience()) == wait_status::signaled);
  CHECK_FALSE(opened.exit_code());
  CHECK(children('Z') == 1);
  CHECK(other.ended() == 9);
}

TEST_CASE("a waitpid(-1) of the program takes the code, and the wait ends all the same",
          "[reaping]") {
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  auto alone = start(end);
  auto beside = start(end);
  worker other;
  auto result = other.start([&] { return isthmus::wait_any_for({never, beside}, patience()); });
  end.set();
  CHECK(eventually([&] {
    int status = 0;
    while (::waitpid(-1, &status, WNOHANG) > 0) continue;
    return children() == 0;
  }));
  CHECK(alone.wait_for(patience()) == wait_status::signaled);
  REQUIRE(ready(result));
  CHECK(result.get().index == 1);
  // Who came first has the code.
  CHECK((!alone.exit_code() || alone.exit_code() == 5));
  std::error_code ec;
  alone.terminate(ec);
  CHECK_FALSE(ec);
}

TEST_CASE("a program that reaps first leaves no code", "[reaping]") {
  auto end = event::create({.initially_set = true});
  auto one = start(end);
  CHECK(eventually([&] { return children('Z') == 1; }));
  int status = 0;
  CHECK(::waitpid(-1, &status, WNOHANG) == static_cast<pid_t>(one.id()));
  CHECK(one.wait_for(patience()) == wait_status::signaled);
  CHECK_FALSE(one.exit_code());
}

TEST_CASE("where SIGCHLD is ignored waits end, without a code", "[reaping]") {
  const sigchld ignored(SIG_IGN);
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  auto alone = start(end);
  auto beside = start(end);
  end.set();
  CHECK(isthmus::wait_any_for({never, beside}, patience()).index == 1);
  CHECK(alone.wait_for(patience()) == wait_status::signaled);
  CHECK_FALSE(alone.exit_code());
  CHECK_FALSE(beside.exit_code());
}

TEST_CASE("the program's handler of SIGCHLD is called, in its own threads", "[reaping]") {
  here = true;
  signals = 0;
  on_other_threads = 0;
  const sigchld counted([](int) {
    ++signals;
    if (!here) ++on_other_threads;
  });
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  std::vector<process> all(5);
  for (auto& one : all) one = start(end);
  CHECK(isthmus::wait_any_for({never, all[0], all[1], all[2], all[3], all[4]}, moment).status ==
        wait_status::timeout);
  end.set();
  CHECK(isthmus::wait_all_for({all[0], all[1], all[2], all[3], all[4]}, patience()).status ==
        wait_status::signaled);
  CHECK(eventually([] { return signals > 0; }));
  for (auto& one : all) CHECK(one.exit_code() == 5);
}

TEST_CASE("a forked child waits for what its parent started", "[reaping][fork]") {
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  auto one = start(end);
  // The parent has a thread that watches, and somebody asleep on the latch.
  worker other;
  auto result = other.start([&] { return isthmus::wait_all_for({one, end}, patience()); });
  CHECK_FALSE(ready(result, moment));
  white::forked child([&] {
    if (one.wait_for(0s) != wait_status::timeout) return 1;
    if (isthmus::wait_any_for({never, one}, 1ms).status != wait_status::timeout) return 2;
    never.set();
    if (isthmus::wait_any_for({never, one}, patience()).index != 0) return 3;
    end.set();
    if (isthmus::wait_any_for({never, one}, patience()).index != 1) return 4;
    if (one.wait_for(0s) != wait_status::signaled) return 5;
    if (isthmus::wait_all_for({one, end}, patience()).status != wait_status::signaled) return 6;
    // It has not started it, so what it may know of the code is what was handed over.
    return one.exit_code().value_or(5) == 5 ? 0 : 7;
  });
  CHECK(child.ended() == 0);
  REQUIRE(ready(result));
  CHECK(result.get().status == wait_status::signaled);
  CHECK(one.exit_code() == 5);
}

TEST_CASE("a forked child that gives up its parent's handles leaves the parent's alone",
          "[reaping][fork]") {
  auto end = event::create({.mode = isthmus::reset_mode::manual});
  auto never = event::create();
  auto one = start(end);
  worker other;
  auto result = other.start([&] { return isthmus::wait_any_for({never, one}, patience()); });
  CHECK_FALSE(ready(result, moment));
  CHECK(white::in_child([&] {
          one.close();
          return 0;
        }) == 0);
  end.set();
  REQUIRE(ready(result));
  CHECK(result.get().index == 1);
  CHECK(one.exit_code() == 5);
}

TEST_CASE("processes are started, watched and given up while others fork", "[reaping][fork]") {
  if (support::address_sanitizer)
    SKIP("in a fork's child, this sanitizer hangs now and then as soon as a thread is started");
  auto end = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
  auto never = event::create();
  std::atomic<bool> stop = false;
  worker starter;
  auto done = starter.start([&] {
    int rounds = 0;
    while (!stop) {
      auto one = start(end);
      if (isthmus::wait_any_for({never, one}, patience()).index != 1) return -1;
      (void)start(end);
      ++rounds;
    }
    return rounds;
  });
  for (int i = 0; i < 60; ++i)
    CHECK(white::in_child([&] {
            auto one = start(end);
            if (isthmus::wait_any_for({never, one}, patience()).index != 1) return 1;
            return one.exit_code() == 5 ? 0 : 2;
          }) == 0);
  stop = true;
  REQUIRE(ready(done));
  CHECK(done.get() > 0);
  CHECK(eventually([] { return children() == 0; }));
}
