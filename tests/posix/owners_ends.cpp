// SPDX-License-Identifier: MIT
//
// Owners' ends that the kernel does not mark in what they own.
#include "forked.hpp"

#include "posix/system/sleep.hpp"

#include "support/mutexes.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <thread>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using isthmus::mutex;
using isthmus::wait_status;

TEST_CASE("an owner that becomes another program has ended", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP("the portable engine learns of deaths from records");
  auto guard = mutex::create();
  for (const bool first_thread : {true, false}) {
    INFO((first_thread ? "the first thread" : "another thread"));
    shared<std::atomic<bool>> locked;
    forked owner([&] {
      const auto work = [&] {
        *locked = guard.try_lock_for(support::patience());
        ::execl("/bin/sleep", "sleep", "60", nullptr);
      };
      if (first_thread) {
        work();
      } else {
        std::thread(work).join();
      }
      return 1;
    });
    REQUIRE(support::eventually([&] { return locked->load(); }));
    CHECK(support::lock_within(guard) == wait_status::abandoned);
    guard.unlock();
  }
}

TEST_CASE("an owner whose memory is taken away before its list is walked is found to have ended",
          "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP("the portable engine learns of deaths from records");
  constexpr long pidfd_open = 434;  // older headers lack the names
  constexpr long process_mrelease = 448;
  auto guard = mutex::create();
  int released = 0;
  for (int round = 0; round < 8; ++round) {
    shared<std::atomic<bool>> locked;
    forked owner([&] {
      *locked = guard.try_lock_for(support::patience());
      // Much memory, so that it takes the kernel some time.
      std::vector<char> much(std::size_t{64} << 20, 'x');
      if (!much.empty()) live_until_killed();
      return 1;
    });
    REQUIRE(support::eventually([&] { return locked->load(); }));
    const int fd = static_cast<int>(::syscall(pidfd_open, owner.id(), 0));
    REQUIRE(fd >= 0);
    owner.signal(SIGKILL);
    if (::syscall(process_mrelease, fd, 0) == 0) ++released;
    ::close(fd);
    CHECK(support::lock_within(guard) == wait_status::abandoned);
    guard.unlock();
  }
  if (released == 0) SKIP("this system does not take memory away so");
}
