// SPDX-License-Identifier: MIT
//
// Programs that were started with closed standard streams, as some daemons are.
#include "forked.hpp"
#include "runtime.hpp"

#include "support/names.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>

#include <fcntl.h>
#include <unistd.h>

using namespace white;
using isthmus::section;

namespace {

constexpr int streams = STDERR_FILENO + 1;

/// How many of the standard streams' numbers are in use.
int in_use() {
  int count = 0;
  for (int fd = 0; fd < streams; ++fd)
    if (::fcntl(fd, F_GETFD) != -1) ++count;
  return count;
}

/// In a child without standard streams.
int without_streams(const std::function<int()>& work) {
  return in_child([&] {
    for (int fd = 0; fd < streams; ++fd) ::close(fd);
    return work();
  });
}

}  // namespace

TEST_CASE("nothing that the library opens has the number of a closed standard stream",
          "[descriptors]") {
  const auto name = support::unique_name("streams");
  CHECK(without_streams([&] {
          auto guard = isthmus::mutex::create({.name = name + ".guard", .initially_owned = true});
          auto table = section::create({.name = name, .size = 5000});
          auto memory = isthmus::view::map(table);
          auto spare = section::create({.size = 5000, .reserve = true});
          auto spare_memory = isthmus::view::map(spare);
          auto reading = table.duplicate(isthmus::access::read);
          auto seen = section::open({.name = name, .access = isthmus::access::read});
          auto [here, there] = isthmus::channel::pair();
          here.send(table, "a section");
          const auto got = there.receive();
          auto ready = isthmus::event::create();
          const bool told =
              ready.wait_for(std::chrono::milliseconds(1)) == isthmus::wait_status::timeout;
          return told && got && got.object ? in_use() : 50;
        }) == 0);
}

TEST_CASE("what a program without standard streams prints does not land in an object",
          "[descriptors]") {
  const auto name = support::unique_name("streams");
  CHECK(without_streams([&] {
          auto table = section::create({.name = name, .size = 64});
          const auto memory = isthmus::view::map(table);
          for (int i = 0; i < 100; ++i) std::printf("a line\n");
          for (int i = 0; i < 100; ++i) std::fprintf(stderr, "a line\n");
          std::fflush(stdout);
          const std::byte* const bytes = memory.data();
          int changed = 0;
          for (std::size_t i = 0; i < 64; ++i)
            if (bytes[i] != std::byte{}) ++changed;
          return changed;
        }) == 0);
}

TEST_CASE("a program without standard streams starts others with some", "[descriptors]") {
  CHECK(without_streams([] {
          isthmus::pipe_end said;
          const auto child = isthmus::process::start({.program = "/bin/echo",
                                                      .arguments = {"here"},
                                                      .output = isthmus::stream::pipe(said)});
          std::array<std::byte, 16> text{};
          return said.read(text) == 5 && text[0] == std::byte{'h'} ? in_use() : 50;
        }) == 0);
}

TEST_CASE("a native handle that the caller gives keeps its number", "[descriptors]") {
  CHECK(in_child([] {
          auto [here, there] = isthmus::channel::pair();
          if (::dup2(isthmus::native_handle(here), STDIN_FILENO) != STDIN_FILENO) return 1;
          const auto adopted = isthmus::channel_from_native(STDIN_FILENO);
          return isthmus::native_handle(adopted) == STDIN_FILENO ? 0 : 2;
        }) == 0);
}
