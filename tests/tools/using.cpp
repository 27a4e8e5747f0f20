// SPDX-License-Identifier: MIT
//
// run, wait, the verbs, create, read and write.
#include "tools/command.hpp"

#include "support/child.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/signals.hpp"
#include "support/system.hpp"

#include <isthmus/inspect.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <variant>

using namespace support;

namespace {

bool is_there(const std::string& name) {
  std::error_code ec;
  (void)isthmus::inspect(name, isthmus::scope::automatic, ec);
  return !ec;
}

}  // namespace

CHILD(ends_with_7) { return 7; }

CHILD(is_killed) {
  auto self = isthmus::process::open(process_id());
  self.terminate();
  return self.wait_for(patience()) == isthmus::wait_status::signaled ? 0 : 1;
}

CHILD(owns) {
  auto guard = isthmus::mutex::open({.name = io.argument(0)});
  guard.lock();
  io.send("ready");
  io.receive();
  return 0;
}

TEST_CASE("run passes the exit code on, and gives the mutex back", "[tool]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name});
  const auto told = command(with_child({"run", "--mutex", name}, "ends_with_7"));
  INFO(told.error);
  CHECK(told.code == 7);
  CHECK(guard.try_lock());
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("run owns the mutex while the command runs", "[tool]") {
  const auto name = unique_name("run");
  const auto told = command(with_command({"run", "--mutex", name}, {"show", name}));
  CHECK(told.code == 0);
  CHECK(contains(told.output, "owned by"));
  CHECK_FALSE(is_there(name));
}

TEST_CASE("run gives the mutex back when the command is killed", "[tool]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name});
  CHECK(command(with_child({"run", "--mutex", name}, "is_killed")).code == 137);
  CHECK(guard.try_lock());
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("run of what is no command is code 127, and leaves the mutex free", "[tool]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name});
  const auto told = command({"run", "--mutex", name, "--", "there-is-no-such-command"});
  CHECK(told.code == 127);
  CHECK(is_one_line(told.error));
  CHECK(guard.try_lock());
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("run gives up when its time is up, with code 124", "[tool]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name, .initially_owned = true});
  CHECK(command(with_child({"run", "--mutex", name, "--timeout", "50ms"}, "ends_with_7")).code ==
        124);
  guard.unlock();
}

TEST_CASE("run tells once of an owner that died: to the command, or by the code asked for",
          "[tool][MTX-08]") {
  const auto name = unique_name("run");
  const auto keeps = isthmus::mutex::create({.name = name});
  const auto kill_owner = [&] {
    ready_child victim("owns", {name});
    victim.kill();
  };
  kill_owner();
  const auto coded = with_child({"run", "--mutex", name, "--abandoned-code", "99"}, "ends_with_7");
  CHECK(command(coded).code == 99);
  CHECK(command(coded).code == 7);
  kill_owner();
  const auto told = command(with_child({"run", "--mutex", name}, "ends_with_7"));
  CHECK(told.code == 7);
  CHECK(is_one_line(told.error));
  CHECK(contains(told.error, "half-done"));
}

TEST_CASE("run holds a permit while the command runs", "[tool]") {
  const auto name = unique_name("rooms");
  auto rooms = isthmus::semaphore::create({.name = name, .initial = 3, .maximum = 3});
  const auto told = command(with_command({"run", "--semaphore", name}, {"show", name}));
  CHECK(contains(told.output, "2 of 3"));
  for (int i = 0; i < 3; ++i) CHECK(rooms.try_acquire());
  CHECK(command(with_child({"run", "--semaphore", name, "--timeout", "0"}, "ends_with_7")).code ==
        124);
}

TEST_CASE("wait ends when the object is set, and is code 124 when its time is up", "[tool]") {
  const auto first = unique_name("first");
  const auto second = unique_name("second");
  auto never = isthmus::event::create({.name = first});
  auto ready = isthmus::event::create({.name = second, .initially_set = true});
  const auto any = command({"wait", first, second, "--timeout", "30s"});
  CHECK(any.code == 0);
  CHECK(any.output == second + "\n");
  CHECK(command({"wait", second, "--timeout", "20ms"}).code == 124);  // it has been taken
  ready.set();
  CHECK(command({"wait", first, second, "--all", "--timeout", "20ms"}).code == 124);
  never.set();
  CHECK(command({"wait", first, second, "--all", "--timeout", "30s"}).code == 0);
  CHECK(command({"wait", unique_name("absent")}).code == 3);
}

TEST_CASE("wait gives a mutex back, and says by code 5 that its owner had died", "[tool][MTX-07]") {
  const auto name = unique_name("mutex");
  auto guard = isthmus::mutex::create({.name = name});
  ready_child victim("owns", {name});
  victim.kill();
  CHECK(command({"wait", name, "--timeout", "30s"}).code == 5);
  CHECK(command({"wait", name, "--timeout", "30s"}).code == 0);
  CHECK(guard.try_lock());
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("the verbs do to events, semaphores and timers what they say", "[tool]") {
  const auto name = unique_name("verbs");
  auto signal = isthmus::event::create({.name = name + "e", .mode = isthmus::reset_mode::manual});
  CHECK(command({"set", name + "e"}).code == 0);
  CHECK(signal.wait_for(0s) == isthmus::wait_status::signaled);
  CHECK(command({"reset", name + "e"}).code == 0);
  CHECK(signal.wait_for(0s) == isthmus::wait_status::timeout);
  CHECK(command({"pulse", name + "e"}).code == 0);
  CHECK(signal.wait_for(0s) == isthmus::wait_status::timeout);

  auto rooms = isthmus::semaphore::create({.name = name + "s", .initial = 0, .maximum = 3});
  CHECK(command({"release", name + "s", "--count", "2"}).code == 0);
  CHECK(rooms.try_acquire());
  CHECK(rooms.try_acquire());
  CHECK_FALSE(rooms.try_acquire());
  CHECK(command({"release", name + "s", "--count", "4"}).code == 1);  // beyond the maximum

  auto beat = isthmus::timer::create({.name = name + "t"});
  CHECK(command({"arm", name + "t", "--due", "10ms"}).code == 0);
  CHECK(fires(beat));
  CHECK(command({"arm", name + "t", "--due", "1h"}).code == 0);
  CHECK(command({"cancel", name + "t"}).code == 0);
  const auto state = std::get<isthmus::timer_report>(isthmus::inspect(name + "t").state);
  if (state.mode) CHECK_FALSE(state.armed);  // Win32 does not tell
  CHECK(command({"arm", name + "t", "--due", "50ms"}).code == 0);
  CHECK(command({"cancel", name + "t"}).code == 0);
  (void)beat.wait_for(0s);  // it may have been set in between
  CHECK(rests(beat));
}

TEST_CASE("a verb for another kind says of which kind the object is", "[tool]") {
  const auto name = unique_name("kind");
  const auto made = isthmus::section::create(of(name));
  for (const std::string verb : {"set", "release", "arm", "wait"}) {
    const auto told = command({verb, name});
    CHECK(told.code == 1);
    CHECK(is_one_line(told.error));
    CHECK(contains(told.error, "is a section"));
  }
}

TEST_CASE("create holds an object until its input ends", "[tool]") {
  const auto name = unique_name("made");
  running_command maker({"create", "semaphore", name, "--initial", "2", "--maximum", "4"});
  REQUIRE(eventually([&] { return is_there(name); }));
  const auto state = std::get<isthmus::semaphore_report>(isthmus::inspect(name).state);
  CHECK(state.count == 2);
  CHECK(state.maximum == 4);
  CHECK(command({"create", "semaphore", name}).code == 1);  // it exists
  maker.close_input();
  CHECK(maker.exit_code() == 0);
  CHECK_FALSE(is_there(name));
}

TEST_CASE("create owns a mutex for as long as it lasts, and ends in order", "[tool][MTX-06]") {
  const auto name = unique_name("owned");
  const auto told = command(with_command({"create", "mutex", name, "--owned"}, {"show", name}));
  CHECK(contains(told.output, "owned by"));
  auto guard = isthmus::mutex::create({.name = name});
  const auto again =
      command(with_command({"create", "mutex", name, "--owned", "--or-open"}, {"show", name}));
  CHECK(contains(again.output, "owned by"));
  CHECK(guard.try_lock());
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("create holds each kind while its command runs, and passes the code on", "[tool]") {
  const auto name = unique_name("made");
  for (const std::vector<std::string>& kind :
       {std::vector<std::string>{"section", name, "--size", "64K"},
        {"mutex", name, "--owned"},
        {"event", name, "--manual", "--set"},
        {"timer", name}}) {
    auto arguments = kind;
    arguments.insert(arguments.begin(), "create");
    const auto told = command(with_command(arguments, {"show", name}));
    INFO(told.error);
    CHECK(told.code == 0);
    CHECK(contains(told.output, kind.front()));
    CHECK_FALSE(is_there(name));
  }
  CHECK(command(with_child({"create", "event", name}, "ends_with_7")).code == 7);
}

TEST_CASE("what is written into a section can be read from it", "[tool]") {
  const auto name = unique_name("bytes");
  const auto made = isthmus::section::create(of(name));
  const std::string text("line\r\n\0\x1a\xff end", 13);
  CHECK(command({"write", name, "--offset", "16"}, text).code == 0);
  const auto got = command({"read", name, "--offset", "16", "--length", "13"});
  CHECK(got.code == 0);
  CHECK(got.output == text);
  CHECK(command({"read", name}).output.size() == made.size());
  const auto hex = command({"read", name, "--hex", "--offset", "0x10", "--length", "4"});
  CHECK(contains(hex.output, "00000010  6c 69 6e 65"));
  CHECK(contains(hex.output, "|line|"));
}

TEST_CASE("reading and writing beyond the end is an error that says how large it is", "[tool]") {
  const auto name = unique_name("bytes");
  const auto made = isthmus::section::create(of(name));
  const auto size = std::to_string(made.size());
  const auto beyond = command({"read", name, "--offset", "1T"});
  CHECK(beyond.code == 1);
  CHECK(is_one_line(beyond.error));
  CHECK(contains(beyond.error, size));
  const auto longer = command({"write", name, "--offset", std::to_string(made.size() - 2)}, "four");
  CHECK(longer.code == 1);
  CHECK(is_one_line(longer.error));
  CHECK(isthmus::const_view::map(made).bytes()[made.size() - 1] == std::byte{'o'});
}
