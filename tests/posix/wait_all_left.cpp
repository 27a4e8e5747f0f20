// SPDX-License-Identifier: MIT
//
// What waits for all leave in the directory of names: nothing, or a record as long as it is needed.
#include "recorded.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "posix/system/sleep.hpp"

#include "support/child.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

std::size_t records_in(const std::filesystem::path& base) {
  return entries(session_in(base) / "p").size();
}

CHILD(dies_in_a_wait_for_all) {
  auto tokens = semaphore::open({.name = io.argument(0)});
  auto ready = event::open({.name = io.argument(1)});
  own_with_records();
  signal_at(step::all_decided, SIGKILL);
  io.send("now");
  (void)isthmus::wait_all({tokens, ready});
  return 0;
}

/// Holds two objects without ever having an identity, until the journal is of use.
CHILD(finds_all_taken) {
  auto tokens = semaphore::create({.name = io.argument(0), .initial = 1, .maximum = 1});
  auto ready = event::create({.name = io.argument(1), .initially_set = true});
  io.send("made");
  io.receive();
  const bool nothing = !tokens.try_acquire() && ready.wait_for(0ms) == wait_status::timeout;
  io.send(nothing ? "nothing left" : "something left");
  io.receive();
  return 0;
}

CHILD(cleans) {
  io.send(std::to_string(isthmus::clean().records));
  return 0;
}

/// Does what needs a guard or a firm registration, and is killed in the last of it.
CHILD(has_no_record) {
  auto tokens = semaphore::open({.name = io.argument(0)});
  auto ready = event::open({.name = io.argument(1)});
  auto alarm = isthmus::timer::create();
  alarm.arm(1ms);
  if (alarm.wait_for(support::patience()) != wait_status::signaled) return 1;
  auto turn = event::create();
  if (isthmus::signal_and_wait_for(turn, turn, support::patience()) != wait_status::signaled)
    return 2;
  io.send("first");
  io.receive();
  signal_at(step::all_decided, SIGKILL);
  (void)isthmus::wait_all_for({tokens, ready}, support::patience());
  return 3;
}

}  // namespace

TEST_CASE("who waits for all, arms timers, or signals and waits leaves nothing, alive or dead",
          "[wait][WAIT-07]") {
  if (isthmus::detail::portable_engine) SKIP("this engine owns with records");
  const private_runtime base;
  const std::vector<std::string> names{support::unique_name("tokens"),
                                       support::unique_name("ready")};
  support::child holder("finds_all_taken", names);
  holder.expect("made");
  const auto before = entries(session_in(base.path()));
  support::child victim("has_no_record", names);
  victim.expect("first");
  CHECK(entries(session_in(base.path())) == before);
  victim.send("second");
  CHECK(victim.exit_code() == 128 + SIGKILL);
  CHECK(entries(session_in(base.path())) == before);
  holder.send("look");
  holder.expect("nothing left");
  holder.send("go");
  CHECK(holder.exit_code() == 0);
}

TEST_CASE("the record of a killed wait for all is kept for who holds its objects, and no longer",
          "[wait][WAIT-07][MTX-10]") {
  const private_runtime base;
  const std::vector<std::string> names{support::unique_name("tokens"),
                                       support::unique_name("ready")};
  support::child holder("finds_all_taken", names);
  holder.expect("made");
  support::child victim("dies_in_a_wait_for_all", names);
  victim.expect("now");
  CHECK(victim.exit_code() == 128 + SIGKILL);
  CHECK(records_in(base.path()) == 1);
  CHECK(support::child("cleans").receive() == "0");
  CHECK(records_in(base.path()) == 1);
  holder.send("look");
  holder.expect("nothing left");
  CHECK(support::child("cleans").receive() == "0");
  holder.send("go");
  CHECK(holder.exit_code() == 0);
  CHECK(support::child("cleans").receive() != "0");
  CHECK(records_in(base.path()) == 0);
}
