// SPDX-License-Identifier: MIT
//
// pthread_cancel: the library has no cancellation points, so no operation is cut off in the middle.
#include <isthmus/isthmus.hpp>

#include "support/names.hpp"
#include "support/system.hpp"

#include <catch2/catch_test_macros.hpp>

#include <pthread.h>

#include <atomic>
#include <chrono>

using namespace isthmus;
using namespace std::chrono_literals;

namespace {

std::atomic<int> done = 0;

/// Does a bit of everything with a cancellation pending.
void* work(void*) {
  const auto name = support::unique_name("cancel");
  ::pthread_cancel(::pthread_self());  // deferred: takes effect at the next cancellation point
  std::error_code ec;
  {
    auto memory = section::create({.name = name, .size = 70'000});
    auto bytes = view::map(memory);
    auto again = section::open({.name = name}, 1s);
    (void)section::open({.name = name + ".none"}, 5ms, ec);
    auto guard = mutex::create({.name = name + ".guard"});
    guard.lock();
    guard.unlock();
    bytes.flush();
    auto door = listener::create({.name = name});
    (void)channel::connect({.name = name + ".none"}, 5ms, ec);
    auto guest = channel::connect({.name = name}, 1s);
    auto host = door.accept(1s);
    (void)door.accept(5ms);
    guest.send(memory, "message");
    if (!host.receive(1s).object) return nullptr;
    (void)host.receive(5ms);
    while (guest.send("more", 5ms)) {
    }
  }
  (void)clean();
  done = 1;
  ::pthread_testcancel();
  done = 2;
  return nullptr;
}

}  // namespace

TEST_CASE("a pending cancellation does not cut off any operation", "[posix]") {
  if (!support::threads_can_unwind()) SKIP("a thread that is cancelled would end this program");
  pthread_t thread{};
  REQUIRE(::pthread_create(&thread, nullptr, work, nullptr) == 0);
  void* result = nullptr;
  REQUIRE(::pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK(done == 1);
}
