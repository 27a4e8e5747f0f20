// SPDX-License-Identifier: MIT
//
// Signals to the command: they end what it runs, and it gives back what it has.
#include "tools/command.hpp"

#include "support/mutexes.hpp"
#include "support/names.hpp"

#include <isthmus/event.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/process.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

using namespace support;

namespace {

/// What this program ignores, as under nohup or in a shell's background, the command would ignore.
[[maybe_unused]] const bool prepared = [] {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, SIG_DFL);
  return true;
}();

isthmus::mutex_use use_of(const std::string& name) {
  return std::get<isthmus::mutex_report>(isthmus::inspect(name).state).use;
}

void send(const running_command& to, int number) {
  REQUIRE(::kill(static_cast<pid_t>(to.id()), number) == 0);
}

}  // namespace

TEST_CASE("run sends a signal on to its command, and gives the mutex back", "[tool][signal]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name});
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    // One for each: a waiter that was killed counts until somebody notices.
    const std::string waited_for = name + std::to_string(number);
    const auto never = isthmus::event::create({.name = waited_for});
    running_command runner(with_command({"run", "--mutex", name}, {"wait", waited_for}));
    REQUIRE(eventually([&] { return isthmus::inspect(waited_for).waited_for == true; }));
    CHECK(use_of(name) == isthmus::mutex_use::owned);
    send(runner, number);
    CHECK(runner.exit_code() == 128 + number);
    CHECK(guard.try_lock());
    CHECK_FALSE(guard.abandoned());
    guard.unlock();
  }
}

TEST_CASE("run ends by a signal while it waits for the mutex, and starts nothing",
          "[tool][signal]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name, .initially_owned = true});
  running_command runner(with_command({"run", "--mutex", name}, {"doctor"}));
  REQUIRE(eventually([&] { return isthmus::inspect(name).waited_for == true; }));
  send(runner, SIGTERM);
  CHECK(runner.exit_code() == 128 + SIGTERM);
  guard.unlock();
}

TEST_CASE("create lets go of its object when a signal ends it", "[tool][signal][LIFE-01]") {
  const auto name = unique_name("made");
  running_command maker({"create", "section", name, "--size", "4096"});
  std::error_code ec;
  REQUIRE(eventually([&] {
    return isthmus::inspect(name, isthmus::scope::session, ec).kind != isthmus::object_kind::none;
  }));
  send(maker, SIGTERM);
  CHECK(maker.exit_code() == 128 + SIGTERM);
  (void)isthmus::inspect(name, isthmus::scope::session, ec);
  CHECK(ec == isthmus::errc::not_found);  // not even as a leftover
}

TEST_CASE("watch tells of each change until it is interrupted", "[tool][signal]") {
  const auto name = unique_name("watched");
  const temporary_folder folder;
  auto watcher = isthmus::process::start({.program = command_file(),
                                          .arguments = {"watch", name, "--interval", "5ms"},
                                          .output = isthmus::stream::file(folder / "out")});
  const auto told = [&](std::string_view what) {
    return eventually([&] { return contains(read_file(folder / "out"), what); });
  };
  CHECK(told("there is none"));
  auto signal = isthmus::event::create({.name = name});
  CHECK(told("not set"));
  signal.set();
  CHECK(told("event " + name + " set"));
  CHECK(::kill(static_cast<pid_t>(watcher.id()), SIGINT) == 0);
  CHECK(watcher.wait_for(patience()) == isthmus::wait_status::signaled);
  CHECK(watcher.exit_code() == 0);
}

TEST_CASE("run runs its command and tells of a death, even if its own words cannot be written",
          "[tool][MTX-08]") {
  const auto name = unique_name("run");
  auto guard = isthmus::mutex::create({.name = name});
  std::thread([&] { guard.lock(); }).join();  // and ends with it
  const auto shell = "'" + command_file().string() + "' run --mutex '" + name +
                     "' -- sh -c 'echo $ISTHMUS_ABANDONED' 2>/dev/full";
  isthmus::pipe_end said;
  const auto child = isthmus::process::start(
      {.program = "/bin/sh", .arguments = {"-c", shell}, .output = isthmus::stream::pipe(said)});
  std::array<std::byte, 8> text{};
  CHECK(said.read_for(text, patience()) == 2u);
  CHECK(text[0] == std::byte{'1'});
}

TEST_CASE("create without a command and with an input that cannot be read is an error in one line",
          "[tool]") {
  const auto name = unique_name("create");
  const auto shell = "'" + command_file().string() + "' create event '" + name + "' 2>&1 </";
  isthmus::pipe_end said;
  auto child = isthmus::process::start(
      {.program = "/bin/sh", .arguments = {"-c", shell}, .output = isthmus::stream::pipe(said)});
  std::array<std::byte, 400> text{};
  REQUIRE(child.wait_for(patience()) == isthmus::wait_status::signaled);
  CHECK(child.exit_code() == 1);
  const auto count = said.read(text);
  const std::string_view words(static_cast<const char*>(static_cast<const void*>(text.data())),
                               count);
  CHECK(contains(words, "standard input cannot be read"));
}
