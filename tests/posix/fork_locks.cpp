// SPDX-License-Identifier: MIT
//
// Forks while other threads are inside the library, and forks that the library does not see.
#include "forked.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::section;
using support::of;

namespace {

/// Threads that create, open, close, lock and unlock as long as it lives.
class busy_threads {
 public:
  busy_threads() {
    for (int i = 0; i < 3; ++i)
      threads_.emplace_back([this, name = support::unique_name("busy")] {
        while (!stop_) {
          // A child of a fork may still hold it.
          const auto made = section::open_or_create(of(name));
          const auto opened = section::open({.name = name, .access = isthmus::access::read});
          auto guard = isthmus::mutex::open_or_create({.name = name + ".guard"});
          support::in_thread([&] { guard.lock(), guard.unlock(); });
          ++rounds_;
        }
      });
    while (rounds_ < 3) std::this_thread::yield();
  }
  busy_threads(const busy_threads&) = delete;
  busy_threads& operator=(const busy_threads&) = delete;
  ~busy_threads() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int> rounds_ = 0;
  std::vector<std::thread> threads_;
};

int use_everything(const std::string& name) {
  auto made = section::create(of(name));
  auto guard = isthmus::mutex::create({.name = name + ".guard"});
  guard.lock();
  guard.unlock();
  const auto opened = section::open({.name = name});
  made.close();
  return 0;
}

/// A fork that runs no handlers.
pid_t raw_fork() { return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }

template <class Work>
forked raw_child(Work work) {
  const pid_t id = raw_fork();
  if (id == 0) _exit(work());
  return forked(id);
}

}  // namespace

TEST_CASE("a child works although other threads were inside the library at its fork",
          "[fork][LIFE-01][MTX-17]") {
  const busy_threads others;
  auto longest = support::clock::duration::zero();
  for (int round = 0; round < 60; ++round) {
    std::optional<forked> child;
    longest =
        std::max(longest, support::time_of([&] {
                   child.emplace([&] { return use_everything(support::unique_name("child")); });
                 }));
    REQUIRE(child->ended() == 0);
  }
  // A fork waits for protocols that have begun, not for those that begin after it.
  CHECK(longest < support::scaled(10s));
}

TEST_CASE("a child that no fork handler has seen owns none of its parent's mutexes",
          "[fork][MTX-17]") {
  const auto name = support::unique_name("raw");
  auto guard = isthmus::mutex::create({.name = name});
  auto free = isthmus::mutex::create();
  guard.lock();
  forked child = raw_child([&] {
    std::error_code ec;
    if (guard.try_lock(ec) || ec) return 1;
    guard.unlock(ec);
    if (ec != isthmus::errc::not_owner) return 2;
    if (free.lock(ec) != isthmus::wait_status::signaled) return 3;
    if (free.lock(ec) != isthmus::wait_status::signaled) return 4;
    free.unlock(ec);
    return ec ? 5 : 0;  // ends as the owner, once
  });
  CHECK(child.ended() == 0);
  std::error_code ec;
  CHECK(free.try_lock_for(support::scaled(10s)));
  CHECK(free.abandoned());
  free.unlock();
  guard.unlock(ec);
  CHECK_FALSE(ec);
  CHECK(support::in_thread([&] { return guard.try_lock() && !guard.abandoned(); }));
}

TEST_CASE("a child that no fork handler has seen locks although its memory has changed meanwhile",
          "[fork][MTX-17]") {
  auto guard = isthmus::mutex::create();
  auto object = section::create(of(support::unique_name("raw")));
  guard.lock();
  forked child = raw_child([&] {
    object.close();  // here the library notices whose child it is in
    // Whatever it has unmapped is somebody else's now.
    for (const std::size_t size : {4096u, 65536u, 266240u, 270336u})
      for (int i = 0; i < 4; ++i)
        (void)::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::error_code ec;
    auto own = isthmus::mutex::create({}, ec);
    own.lock(ec);
    return ec ? 1 : 0;
  });
  CHECK(child.ended() == 0);
  guard.unlock();
}

TEST_CASE("a child that no fork handler has seen holds and closes names like any other",
          "[fork][LIFE-03]") {
  const auto name = support::unique_name("raw");
  auto object = section::create(of(name));
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked child = raw_child([&] {
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    object.close();
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  CHECK(in_child([&] {
          std::error_code ec;
          const auto found = section::open({.name = name}, ec);
          return ec ? 1 : 0;
        }) == 0);
  (*flags)[1] = true;
  CHECK(child.ended() == 0);
  // The child's going took nothing from its parent.
  CHECK(in_child([&] {
          std::error_code ec;
          (void)section::create(of(name), ec);
          return ec == isthmus::errc::already_exists ? 0 : 1;
        }) == 0);
  object.close();
  CHECK_FALSE(std::filesystem::exists(anchor_of(name)));
}
