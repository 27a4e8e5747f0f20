// SPDX-License-Identifier: MIT
//
// The tests' own tools: whoever is to be believed about others must be looked at first.
#include "support/child.hpp"
#include "support/crowd.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/thread_state.hpp"
#include "support/threads.hpp"

#include <isthmus/event.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace support;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

CHILD(echo) {
  for (const auto& argument : io.arguments()) io.send(argument);
  for (;;) {
    const auto text = io.receive();
    if (text == "end") return 7;
    io.send(text);
  }
}

CHILD(complains) {
  CHILD_REQUIRE(io.arguments().size() == 4711);
  return 0;
}

CHILD(says_nothing) { return 3; }

CHILD(reads_nowhere) {
  die_plainly_on_faults();
  io.send("touching");
  const auto number = static_cast<std::uintptr_t>(std::stoi(io.argument(0)));
  // NOLINTNEXTLINE(performance-no-int-to-ptr): there must be nothing there
  return static_cast<int>(*reinterpret_cast<const volatile std::byte*>(number));
}

CHILD(touches_nothing) {
  io.send("touching");
  return 0;
}

namespace {

/// Computes, for longer than a moment, before it waits, as one does that a busy machine holds up.
isthmus::wait_status wait_late(isthmus::event& entered, isthmus::event& call) {
  const auto end = support::clock::now() + 3 * moment;
  while (support::clock::now() < end) {
  }
  entered.set();
  return call.wait_for(patience());
}

}  // namespace

CHILD(waits_late) {
  auto entered = isthmus::event::open({.name = io.argument(0)});
  auto call = isthmus::event::open({.name = io.argument(1)});
  io.receive();
  io.send(to_string(wait_late(entered, call)));
  return 0;
}

TEST_CASE("messages and arguments come through as they are", "[support]") {
  const std::vector<std::string> odd{"",        " ", "\"", "a\\b", "\n", std::string("\0x", 2),
                                     "\xff\xfe"};
  child other("echo", odd);
  for (const auto& text : odd) other.expect(text);
  for (const auto& text : odd) CHECK(other.ask(text) == text);
  const std::string large(300'000, 'x');
  other.send("one");
  other.send("two");
  other.expect("one");
  other.expect("two");
  worker sender;  // neither side can take it all at once
  auto sent = sender.start([&] { other.send(large); });
  CHECK(other.receive() == large);
  REQUIRE(ready(sent));
  other.send("end");
  CHECK(other.exit_code() == 7);
  CHECK(other.exit_code() == 7);
}

TEST_CASE("what fails in a child is said by the parent", "[support]") {
  child other("complains");
  CHECK_THROWS_MATCHES(other.expect("anything"), child_error,
                       MessageMatches(ContainsSubstring("io.arguments().size() == 4711") &&
                                      ContainsSubstring("child complains")));
  child silent("says_nothing");
  CHECK_THROWS_MATCHES(silent.receive(), child_error,
                       MessageMatches(ContainsSubstring("exit code 3")));
  child unknown("nobody of this name");
  CHECK_THROWS_MATCHES(unknown.receive(), child_error,
                       MessageMatches(ContainsSubstring("no child of this name")));
  child wrong("echo", {"this"});
  CHECK_THROWS_MATCHES(wrong.expect("that"), child_error,
                       MessageMatches(ContainsSubstring("'this' instead of 'that'")));
  CHECK_THROWS_MATCHES(wrong.expect("more", 1ms), child_error,
                       MessageMatches(ContainsSubstring("says nothing")));
}

TEST_CASE("a killed child is dead, and says so", "[support]") {
  child other("echo");
  CHECK(other.ask("there?") == "there?");
  CHECK(other.id() != process_id());
  other.kill();
  CHECK(is_kill(other.exit_code()));
  CHECK_FALSE(is_fault(other.exit_code()));
  other.kill();
  CHECK_THROWS_AS(other.ask("there?"), child_error);
}

TEST_CASE("a stopped child does nothing until it goes on", "[support]") {
  child other("echo");
  CHECK(other.ask("there?") == "there?");
  other.stop();
  other.send("now?");
  CHECK_FALSE(other.speaks(moment));
  other.resume();
  other.expect("now?");
}

TEST_CASE("faults are told from other ends", "[support]") {
  CHECK(faults("reads_nowhere", {"16"}));
  CHECK_FALSE(faults("touches_nothing"));
}

TEST_CASE("the system tells how pages are mapped", "[support]") {
  static const char constant[] = "constant";
  static char variable[8192];
  variable[4096] = 1;
  CHECK(protection_of(constant).readable);
  CHECK_FALSE(protection_of(constant).writable);
  CHECK(protection_of(variable + 4096).writable);
  CHECK_FALSE(protection_of(nullptr).readable);
}

TEST_CASE("names are unique and as long as asked", "[support]") {
  CHECK(unique_name("a") != unique_name("a"));
  CHECK(unique_name_of_length(1024).size() == 1024);
  CHECK(unique_name_of_length(64) != unique_name_of_length(64));
}

TEST_CASE("limits hold", "[support]") {
  CHECK(time_of([] { CHECK_FALSE(eventually([] { return false; }, 5ms)); }) >= 5ms);
  int calls = 0;
  CHECK(eventually([&] { return ++calls == 3; }));
  CHECK(calls == 3);
}

TEST_CASE("a thread or process on its way to a wait does not count as blocked", "[support]") {
  if (state_of(this_thread()) == thread_state::unknown)
    SKIP("this system does not tell which thread sleeps");
  const auto name = unique_name("late");
  auto entered = isthmus::event::create({.name = name + "e"});
  auto call = isthmus::event::create({.name = name + "c"});
  SECTION("one of a crowd") {
    crowd waiters;
    waiters.add([&] { return wait_late(entered, call); });
    CHECK(waiters.blocks());
    CHECK(ready_now(entered));
    call.set();
    CHECK(waiters.exactly(1));
  }
  SECTION("a worker") {
    worker waiter;
    const auto result = waiter.start([&] { return wait_late(entered, call); });
    CHECK(waiter.blocks(result));
    CHECK(ready_now(entered));
    call.set();
    CHECK(ready(result));
    CHECK_FALSE(waiter.blocks(result));
  }
  SECTION("a child") {
    child other("waits_late", {name + "e", name + "c"});
    other.send("go");
    CHECK(other.blocks());
    CHECK(ready_now(entered));
    call.set();
    CHECK(other.receive() == "signaled");
  }
}

TEST_CASE("a thread that is back does not count as blocked, nor does one that computes",
          "[support]") {
  crowd waiters;
  waiters.add([] { return isthmus::wait_status::signaled; });
  CHECK_FALSE(waiters.blocks());
  CHECK(waiters.exactly(1));
  CHECK(state_of(this_thread()) != thread_state::waits);
}
