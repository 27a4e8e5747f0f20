// SPDX-License-Identifier: MIT
//
// What programs do with the library, done once.
#include "apart.hpp"
#include "doctor.hpp"
#include "messages.hpp"
#include "units.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/view.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tool {
namespace {

using namespace std::chrono_literals;
using isthmus::wait_status;

constexpr auto patience = 10s;
constexpr std::byte written{0x2A};

/// Where a trial takes place, and the names that it may use.
struct stage {
  isthmus::scope scope;
  std::string name;
};

void want(bool holds, const char* otherwise) {
  if (!holds) throw std::runtime_error(otherwise);
}

isthmus::process start(const stage& on, const char* role,
                       std::vector<isthmus::inherit_entry> inherit = {}) {
  return isthmus::process::start(
      {.program = own_program(),
       .arguments = {"doctor", "--trial", role, std::string(to_string(on.scope)), on.name},
       .output = isthmus::stream::null(),
       .inherit = std::move(inherit)});
}

void want_success(isthmus::process& child) {
  want(child.wait_for(patience) == wait_status::signaled, "the child process does not end");
  const int code = child.exit_code().value_or(0);
  if (code != 0) throw std::runtime_error(fmt::format("the child process failed with {}", code));
}

std::string named_section(const stage& on) {
  const auto made = isthmus::section::create({.name = on.name, .size = 4096, .scope = on.scope});
  const auto seen =
      isthmus::section::open({.name = on.name, .access = isthmus::access::read, .scope = on.scope});
  isthmus::view::map(made).bytes()[0] = written;
  want(isthmus::const_view::map(seen).bytes()[0] == written, "what is written is not read");
  return {};
}

std::string unnamed_section(const stage&) {
  const auto made = isthmus::section::create({.size = 4096});
  isthmus::view::map(made).bytes()[0] = written;
  const auto seen = made.duplicate(isthmus::access::read);
  want(isthmus::const_view::map(seen).bytes()[0] == written, "what is written is not read");
  return {};
}

std::string owner_that_dies(const stage& on) {
  auto guard = isthmus::mutex::create({.name = on.name, .scope = on.scope});
  auto owner = start(on, "dies");
  want_success(owner);
  const auto begin = std::chrono::steady_clock::now();
  want(guard.wait_for(patience) == wait_status::abandoned, "the death of the owner is not told");
  guard.unlock();
  const auto time = std::chrono::steady_clock::now() - begin;
  return time < 1s ? ""
                   : fmt::format("the death of the owner is told only after {}", to_text(time));
}

std::string waiter_that_is_woken(const stage& on) {
  auto never = isthmus::event::create({});
  auto call = isthmus::event::create({.name = on.name, .scope = on.scope});
  auto setter = start(on, "sets");
  const auto result = isthmus::wait_any_for({never, call}, patience);
  want(result.status == wait_status::signaled && result.index == 1, "nobody is woken");
  want_success(setter);
  return {};
}

std::string semaphore_and_timer(const stage& on) {
  auto rooms = isthmus::semaphore::create(
      {.name = on.name + "s", .initial = 1, .maximum = 1, .scope = on.scope});
  auto beat = isthmus::timer::create({.name = on.name + "t", .scope = on.scope});
  beat.arm(1ms);
  want(isthmus::wait_all_for({rooms, beat}, patience).status == wait_status::signaled,
       "a wait for all does not end");
  rooms.release();
  return {};
}

std::string sent_objects(const stage& on) {
  auto [mine, theirs] = isthmus::channel::pair();
  auto child = start(on, "writes", {{"link", theirs}});
  theirs.close();
  const auto memory = isthmus::section::create({.size = 4096});
  mine.send(memory, "");
  want(static_cast<bool>(mine.receive(patience)), "no answer comes through a channel");
  want(isthmus::const_view::map(memory).bytes()[0] == written, "what is written is not read");
  want_success(child);
  return {};
}

std::string inherited_objects(const stage& on) {
  const auto memory = isthmus::section::create({.size = 4096});
  isthmus::view::map(memory).bytes()[0] = written;
  auto child = start(on, "inherits", {{"table", memory, isthmus::access::read}});
  want_success(child);
  return {};
}

std::string connected_channels(const stage& on) {
  auto door = isthmus::listener::create({.name = on.name, .scope = on.scope});
  auto child = start(on, "connects");
  auto link = door.accept(patience);
  want(static_cast<bool>(link), "nobody connects");
  want(link.receive(patience).message == "hello", "no message comes through a channel");
  want_success(child);
  return {};
}

struct trial {
  const char* what;
  std::string (*run)(const stage&);
  bool in_scopes;  ///< once in each scope, else only once
};

constexpr std::array trials{
    trial{"a named section is made, found and mapped", named_section, true},
    trial{"an owner of a mutex dies, and the next one is told", owner_that_dies, true},
    trial{"a waiter for two objects is woken by another process", waiter_that_is_woken, true},
    trial{"a semaphore and a timer are awaited together", semaphore_and_timer, true},
    trial{"an unnamed section is made and duplicated", unnamed_section, false},
    trial{"an object is sent to another process", sent_objects, false},
    trial{"an object is inherited by another process", inherited_objects, false},
    trial{"a channel is connected by name", connected_channels, false}};

/// What went wrong, without the name that the trial had made up.
std::string reason_of(const isthmus::error& failure) {
  std::string text = for_people(failure);
  constexpr std::string_view end = "\": ";
  const auto place = text.starts_with('"') ? text.find(end) : text.npos;
  return place == text.npos ? text : text.substr(place + end.size());
}

finding try_once(const trial& one, isthmus::scope where, std::uint32_t number) {
  const std::string what =
      one.in_scopes ? fmt::format("scope {}: {}", to_string(where), one.what) : one.what;
  const stage on{where, fmt::format("isthmus.doctor.{:08x}", number)};
  const auto result = run_apart([&]() -> std::string {
    try {
      return one.run(on);
    } catch (const isthmus::error& failure) {
      throw std::runtime_error(reason_of(failure));
    }
  });
  if (!result.ended) return {health::problem, what + ": " + result.text};
  if (!result.text.empty()) return {health::degraded, what + ": " + result.text};
  return {health::fine, what};
}

int play(std::string_view role, const stage& on) {
  if (role == "dies") {
    auto guard = isthmus::mutex::open({.name = on.name, .scope = on.scope});
    guard.lock();
    std::_Exit(0);  // as if killed: it is still ours
  }
  if (role == "sets") {
    isthmus::event::open({.name = on.name, .scope = on.scope}).set();
  } else if (role == "writes") {
    auto link = isthmus::inherited<isthmus::channel>("link");
    const auto memory = link.receive(patience).object.take<isthmus::section>();
    isthmus::view::map(memory).bytes()[0] = written;
    link.send("");
  } else if (role == "inherits") {
    const auto memory = isthmus::inherited<isthmus::section>("table");
    want(isthmus::const_view::map(memory).bytes()[0] == written, "what is written is not read");
  } else if (role == "connects") {
    isthmus::channel::connect({.name = on.name, .scope = on.scope}).send("hello");
  }
  return 0;
}

}  // namespace

std::vector<finding> try_library(const isthmus::system_report& system) {
  std::vector<finding> all;
  std::random_device random;
  for (const trial& one : trials) {
    if (!one.in_scopes || system.session.problem.empty() || one.run == named_section)
      all.push_back(try_once(one, isthmus::scope::session, random()));
    if (one.in_scopes && system.global.problem.empty())
      all.push_back(try_once(one, isthmus::scope::global, random()));
  }
  return all;
}

bool is_trial(const std::vector<std::string>& arguments) {
  return arguments.size() == 5 && arguments[0] == "doctor" && arguments[1] == "--trial";
}

int play_trial(const std::vector<std::string>& arguments) {
  const auto where = arguments[3] == to_string(isthmus::scope::global) ? isthmus::scope::global
                                                                       : isthmus::scope::session;
  return play(arguments[2], {where, arguments[4]});
}

}  // namespace tool
