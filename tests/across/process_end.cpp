// SPDX-License-Identifier: MIT
//
// The end of a process in waits beside other objects; processes opened by their number.
#include <isthmus/process.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"
#include "support/watchdog.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::process;
using isthmus::semaphore;
using isthmus::wait_result;
using isthmus::wait_status;

// Ends with code 5 when its event is set.
CHILD(ends_when_told) {
  return isthmus::inherited<event>("end").wait_for(program_limit()) == wait_status::signaled ? 5
                                                                                             : 1;
}

namespace {

struct obedient {
  void end() { told.set(); }

  event told = event::create();
  process handle = process::start({.program = child_program(),
                                   .arguments = {child_argument("ends_when_told")},
                                   .inherit = {{"end", told}}});
};

constexpr wait_result timed_out{wait_status::timeout, 0};

}  // namespace

TEST_CASE("wait_any ends with a process, and changes nothing", "[process][WAIT-03][WAIT-06]") {
  obedient running;
  auto never = event::create();
  auto permits = semaphore::create();
  CHECK(isthmus::wait_any_for({never, running.handle, permits}, 0s) == timed_out);
  CHECK(isthmus::wait_any_for({never, running.handle, permits}, moment) == timed_out);
  worker other;
  auto result = other.start([&] {
    return isthmus::wait_any_for({never, running.handle, permits}, patience());
  });
  CHECK(other.blocks(result));
  running.end();
  REQUIRE(ready(result));
  CHECK(result.get() == wait_result{wait_status::signaled, 1});
  CHECK(running.handle.exit_code() == 5);
  for (int i = 0; i < 3; ++i)  // it stays ended
    CHECK(isthmus::wait_any_for({running.handle, never}, 0s) ==
          wait_result{wait_status::signaled, 0});
  permits.release();
  CHECK(isthmus::wait_any_for({permits, running.handle}, 0s) ==
        wait_result{wait_status::signaled, 0});
  CHECK_FALSE(permits.try_acquire());
}

TEST_CASE("wait_any beside a process ends with another object", "[process][WAIT-06]") {
  obedient running;
  auto set = event::create();
  auto guard = mutex::create();
  worker other;
  auto result = other.start([&] {
    return isthmus::wait_any_for({running.handle, set}, patience());
  });
  CHECK(other.blocks(result));
  set.set();
  REQUIRE(ready(result));
  CHECK(result.get() == wait_result{wait_status::signaled, 1});
  CHECK(isthmus::wait_any_for({running.handle, guard}, 0s) ==
        wait_result{wait_status::signaled, 1});
  guard.unlock();
  running.end();
  CHECK(running.handle.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("wait_all takes a mutex and an event when the process has ended, and nothing before",
          "[process][WAIT-03][WAIT-07]") {
  obedient running;
  auto guard = mutex::create();
  auto set = event::create({.initially_set = true});
  CHECK(isthmus::wait_all_for({guard, running.handle, set}, moment) == timed_out);
  CHECK(set.wait_for(0s) == wait_status::signaled);  // it has not been taken
  set.set();
  worker other;
  auto result = other.start([&] {
    const auto status = isthmus::wait_all_for({guard, running.handle, set}, patience());
    const bool mine = guard.try_lock();
    guard.unlock();
    guard.unlock();
    return mine ? status : wait_result{};
  });
  CHECK(other.blocks(result));
  CHECK(in_thread([&] {
    const bool free = guard.try_lock();
    if (free) guard.unlock();
    return free;
  }));
  running.end();
  REQUIRE(ready(result));
  CHECK(result.get() == wait_result{wait_status::signaled, 0});
  CHECK(set.wait_for(0s) == wait_status::timeout);
  // Ended already, with one that is not ready.
  CHECK(isthmus::wait_all_for({running.handle, set}, 0s) == timed_out);
  set.set();
  CHECK(isthmus::wait_all_for({running.handle, set}, 0s) == wait_result{wait_status::signaled, 0});
}

TEST_CASE("wait_all for several processes ends with the last", "[process][WAIT-07]") {
  std::vector<obedient> all(4);
  worker other;
  auto result = other.start([&] {
    return isthmus::wait_all_for({all[0].handle, all[1].handle, all[2].handle, all[3].handle},
                                 patience());
  });
  for (const std::size_t i : {2U, 0U, 3U}) {
    all[i].end();
    CHECK(all[i].handle.wait_for(patience()) == wait_status::signaled);
  }
  CHECK(other.blocks(result));
  all[1].handle.terminate();
  REQUIRE(ready(result));
  CHECK(result.get() == wait_result{wait_status::signaled, 0});
  CHECK(all[1].handle.exit_code() == 137);
}

TEST_CASE("many threads wait for one process in many ways", "[process]") {
  obedient running;
  auto never = event::create();
  std::list<worker> workers;
  std::vector<std::future<wait_status>> results;
  results.reserve(9);
  for (int i = 0; i < 9; ++i)
    results.push_back(workers.emplace_back().start([&, i] {
      if (i % 3 == 0) return running.handle.wait_for(patience());
      if (i % 3 == 1) return isthmus::wait_any_for({never, running.handle}, patience()).status;
      return isthmus::wait_all_for({running.handle}, patience()).status;
    }));
  CHECK_FALSE(ready(results.back(), moment));
  running.handle.terminate();
  for (auto& result : results) {
    REQUIRE(ready(result));
    CHECK(result.get() == wait_status::signaled);
  }
}

TEST_CASE("the same process twice is invalid_argument for all and fine for any",
          "[process][WAIT-12]") {
  obedient running;
  auto other = process::open(running.handle.id());
  std::error_code ec;
  (void)isthmus::wait_all_for({running.handle, running.handle}, 0s, ec);
  CHECK(ec == errc::invalid_argument);
  (void)isthmus::wait_all_for({running.handle, other}, 0s, ec);
  CHECK(ec == errc::invalid_argument);
  running.end();
  CHECK(isthmus::wait_any_for({running.handle, other}, patience()).status == wait_status::signaled);
}

TEST_CASE("a process cannot be signalled", "[process][WAIT-17]") {
  obedient running;
  auto never = event::create();
  std::error_code ec;
  (void)isthmus::signal_and_wait_for(running.handle, never, 0s, ec);
  CHECK(ec == errc::invalid_argument);
  running.end();
  CHECK(isthmus::signal_and_wait_for(never, running.handle, patience()) == wait_status::signaled);
}

TEST_CASE("a handle of a process says what it is", "[process]") {
  obedient running;
  CHECK(running.handle.created());
  CHECK(running.handle.name().empty());
  CHECK(running.handle.access() == (access::wait | access::modify));
  std::error_code ec;
  (void)running.handle.creator(ec);
  CHECK(ec == errc::not_supported);
  running.end();
  CHECK(running.handle.wait_until(clock::now() + patience()) == wait_status::signaled);
  running.handle.close();
  CHECK_FALSE(running.handle);
}

TEST_CASE("a process is opened by its number", "[process]") {
  ready_child other("ends_when_asked");
  auto opened = process::open(other.id());
  CHECK(opened.id() == other.id());
  CHECK_FALSE(opened.created());
  CHECK_FALSE(opened.exit_code());
  auto never = event::create();
  CHECK(opened.wait_for(0s) == wait_status::timeout);
  CHECK(isthmus::wait_any_for({never, opened}, moment) == timed_out);
  other.send("end");
  CHECK(isthmus::wait_any_for({never, opened}, patience()) ==
        wait_result{wait_status::signaled, 1});
  CHECK(opened.wait_for(0s) == wait_status::signaled);
  if (whole_exit_codes) CHECK(opened.exit_code() == 7);
  CHECK(other.exit_code() == 7);  // nobody has taken it from whom it belongs to
  opened.terminate();             // ended already
}

CHILD(ends_when_asked) {
  io.send("ready");
  io.receive();
  return 7;
}

TEST_CASE("an opened process is terminated, with the right to do so", "[process]") {
  ready_child other("ends_when_asked");
  std::error_code ec;
  auto waits = process::open(other.id(), access::wait);
  waits.terminate(ec);
  CHECK(ec == errc::access_denied);
  CHECK(waits.wait_for(0s) == wait_status::timeout);
  auto ends = process::open(other.id(), access::modify, ec);
  CHECK_FALSE(ec);
  (void)ends.wait_for(0s, ec);
  CHECK(ec == errc::access_denied);
  ends.terminate();
  CHECK(waits.wait_for(patience()) == wait_status::signaled);
  CHECK(is_kill(other.exit_code()));
}

TEST_CASE("this process can be opened, and runs", "[process]") {
  auto self = process::open(process_id());
  CHECK(self.wait_for(0s) == wait_status::timeout);
  CHECK(self.wait_for(1ms) == wait_status::timeout);
}

TEST_CASE("a number that no process has is not_found", "[process]") {
  std::error_code ec;
  CHECK_FALSE(process::open(0, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(process::open(process_id(), access::none, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(process::open(process_id(), access::read, ec));
  CHECK(ec == errc::invalid_argument);
  for (const std::uint32_t id : {0x7FFFFFFCU, 0xFFFFFFFCU}) {
    CHECK_FALSE(process::open(id, ec));
    CHECK(ec == errc::not_found);
  }
  CHECK(code_of([] { (void)process::open(0x7FFFFFFC); }) == errc::not_found);
}
