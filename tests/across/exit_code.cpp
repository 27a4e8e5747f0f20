// SPDX-License-Identifier: MIT
//
// Exit codes of processes that this one has not started.
#include <isthmus/inspect.hpp>
#include <isthmus/process.hpp>

#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

using namespace support;
using isthmus::access;
using isthmus::process;
using isthmus::wait_status;

CHILD(ends_with_what_it_is_told) {
  io.send("ready");
  std::exit(std::stoi(io.receive()));
}

// Starts such a child in its turn, which it waits for only if it is told to, and says its number.
CHILD(has_a_child) {
  support::ready_child other("ends_with_what_it_is_told");
  io.send(std::to_string(other.id()));
  other.send(io.receive());
  if (io.receive() == "reap") {
    static_cast<void>(other.exit_code());
    io.receive();
  }
  return 300;
}

TEST_CASE("the exit code of an opened process is told to everybody who opened it while it ran",
          "[process]") {
  if (!whole_exit_codes) SKIP(no_whole_exit_codes);
  for (const int code : {0, 7, 255, 300, -1, std::numeric_limits<int>::min()}) {
    CAPTURE(code);
    ready_child other("ends_with_what_it_is_told");
    auto first = process::open(other.id());
    auto second = process::open(other.id(), access::wait);
    CHECK_FALSE(first.exit_code());
    other.send(std::to_string(code));
    CHECK(first.wait_for(patience()) == wait_status::signaled);
    CHECK(first.exit_code() == code);
    static_cast<void>(other.exit_code());  // reaped
    CHECK(second.wait_for(patience()) == wait_status::signaled);
    CHECK(second.exit_code() == code);
    CHECK(first.exit_code() == code);
  }
}

TEST_CASE("a grandchild's exit code is told, and its parent's", "[process]") {
  if (!whole_exit_codes) SKIP(no_whole_exit_codes);
  child parent("has_a_child");
  const auto number = static_cast<std::uint32_t>(std::stoul(parent.receive()));
  auto grandchild = process::open(number);
  auto opened = process::open(parent.id());
  parent.send("-77777");
  // By POSIX alone what nobody has waited for yet cannot be told from what runs.
  if (isthmus::inspect_system().engine == "portable") parent.send("reap");
  CHECK(grandchild.wait_for(patience()) == wait_status::signaled);
  CHECK(grandchild.exit_code() == -77777);
  parent.send("end");
  CHECK(opened.wait_for(patience()) == wait_status::signaled);
  CHECK(opened.exit_code() == 300);
}
