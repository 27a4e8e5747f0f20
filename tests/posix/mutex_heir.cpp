// SPDX-License-Identifier: MIT
//
// Who takes a dead process's mutex may be through before that process has let go of its files. Here
// that moment is as long as the test wants: a fork's child holds them for the dead parent.
#include "forked.hpp"
#include "runtime.hpp"

#include "support/limits.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <csignal>
#include <thread>

#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::section;
using isthmus::wait_status;

namespace {

struct signs {
  std::atomic<bool> locked = false;
  std::atomic<bool> let_go = false;
  std::atomic<bool> gone = false;
};

/// Makes both objects, takes the mutex, and is killed; what it had open stays so for a while.
int die(signs& seen, const std::string& name, std::chrono::milliseconds after_all) {
  const auto guard = mutex::create({.name = name, .initially_owned = true});
  const auto table = section::create({.name = name + ".table", .size = 100});
  if (::fork() == 0) {
    await([&] { return seen.let_go.load(); });
    std::this_thread::sleep_for(after_all);
    seen.gone = true;
    _exit(0);
  }
  seen.locked = true;
  ::kill(::getpid(), SIGKILL);
  return 0;
}

bool no_names_are_left() { return anchors().empty() && orphans().empty(); }

}  // namespace

TEST_CASE("who takes a killed owner's mutex and is through first removes what both had open",
          "[mutex][section][MTX-09][LIFE-03]") {
  // The heir waits for 50 ms; on a busy machine the other may be later, in some rounds, not in all.
  bool shown = false;
  for (int round = 0; round < 30 && !shown; ++round) {
    const auto name = support::unique_name("heir");
    shared<signs> seen;
    forked owner([&] { return die(*seen, name, 10ms); });
    await([&] { return seen->locked.load(); });
    {
      const auto table = section::open({.name = name + ".table"});
      auto guard = mutex::open({.name = name});
      REQUIRE(guard.wait_for(support::patience()) == wait_status::abandoned);
      guard.unlock();
      seen->let_go = true;
    }
    shown = no_names_are_left() && seen->gone;
    REQUIRE(support::eventually([&] {
      (void)isthmus::clean();
      return no_names_are_left();
    }));
  }
  CHECK(shown);
}

TEST_CASE("a killed owner's heir does not wait long for others that live", "[mutex][MTX-09]") {
  const auto name = support::unique_name("heir");
  shared<signs> seen;
  forked owner([&] { return die(*seen, name, 0ms); });
  await([&] { return seen->locked.load(); });
  auto guard = mutex::open({.name = name});
  REQUIRE(guard.wait_for(support::patience()) == wait_status::abandoned);
  guard.unlock();
  const auto begin = support::clock::now();
  guard.close();
  CHECK(support::clock::now() - begin < 10s);
  CHECK_FALSE(seen->gone);
  seen->let_go = true;
  REQUIRE(support::eventually([&] { return seen->gone.load(); }));
}
