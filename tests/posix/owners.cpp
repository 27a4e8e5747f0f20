// SPDX-License-Identifier: MIT
//
// Whether an owner lives is said in the object itself: whatever becomes of directories and
// descriptors, and however the owner ends, nobody takes a living owner's mutex, and everybody
// learns of a dead one's.
#include "forked.hpp"
#include "runtime.hpp"

#include "posix/system/sleep.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

constexpr const char* only_lists = "the portable engine learns of deaths from records";

/// A child that owns the mutex, does something before and after that, and lives on until it is
/// killed.
class living_owner {
 public:
  explicit living_owner(
      mutex& guard, const std::function<void()>& then = [] {},
      const std::function<bool()>& before = [] { return true; })
      : process_([&, then, before] {
          if (!before()) return 1;
          if (!guard.try_lock_for(support::patience())) return 2;
          then();
          locked_->store(true);
          live_until_killed();
        }) {}
  [[nodiscard]] bool owns() {
    std::optional<int> code;
    const auto has_come = [&] { return locked_->load() || (code = process_.ended(0ms)); };
    const bool in_time = support::eventually(has_come);
    if (!in_time) UNSCOPED_INFO("the owner still runs");
    if (code) UNSCOPED_INFO("the owner ended with " << *code);
    return in_time && !code;
  }
  void kill() { process_.kill(); }
  void stop() {
    process_.signal(SIGSTOP);
    REQUIRE(process_.stopped());
  }

 private:
  shared<std::atomic<bool>> locked_;
  forked process_;
};

/// Nobody takes it while its owner lives; its death is told once.
void check_owner(mutex& guard, living_owner& owner) {
  CHECK_FALSE(guard.try_lock());
  CHECK_FALSE(guard.try_lock_for(300ms));
  owner.kill();
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
  CHECK(support::lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

}  // namespace

TEST_CASE("an owner that closes all descriptors is alive, and its death is told",
          "[owners][MTX-06][MTX-12]") {
  if (isthmus::detail::portable_engine) SKIP(only_lists);
  auto guard = mutex::create();
  living_owner owner(guard, [] {
    for (int fd = 3; fd < 1024; ++fd) ::close(fd);
  });
  REQUIRE(owner.owns());
  check_owner(guard, owner);
}

TEST_CASE("an owner lives although the session's directory is removed", "[owners][MTX-12]") {
  if (isthmus::detail::portable_engine) SKIP(only_lists);
  auto guard = mutex::create({.name = support::unique_name("gone")});
  living_owner owner(guard);
  REQUIRE(owner.owns());
  std::filesystem::remove_all(session());
  check_owner(guard, owner);
}

TEST_CASE("an owner that sees other names is alive, and its death is told", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(only_lists);
  const auto hide_names = [] {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("none", runtime().c_str(), "tmpfs", 0, nullptr) == 0;
  };
  if (in_child([&] { return hide_names() ? 0 : 1; }) != 0) SKIP("only root can hide names");
  auto guard = mutex::create();
  living_owner owner(
      guard, [] {}, hide_names);
  REQUIRE(owner.owns());
  check_owner(guard, owner);
}

TEST_CASE("an owner that is stopped and then killed is told of when it is killed",
          "[owners][MTX-06][MTX-12]") {
  auto guard = mutex::create();
  living_owner owner(guard);
  REQUIRE(owner.owns());
  owner.stop();
  check_owner(guard, owner);
}

TEST_CASE("who never had a free descriptor is told of a death", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(only_lists);
  auto guard = mutex::create();
  living_owner owner(guard);
  REQUIRE(owner.owns());
  shared<std::atomic<bool>> tried;
  forked waiter([&] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    if (guard.try_lock()) return 1;
    *tried = true;
    return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
  });
  REQUIRE(support::eventually([&] { return tried->load(); }));
  owner.kill();
  CHECK(waiter.ended() == 0);
}

TEST_CASE("a process that only locks leaves nothing behind", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(only_lists);
  auto guard = mutex::create();
  (void)isthmus::clean();
  const auto before = entries(session());
  for (int i = 0; i < 70; ++i)
    CHECK(in_child([&] { return guard.try_lock_for(support::patience()) ? 0 : 1; }) == 0);
  CHECK(entries(session()) == before);
  CHECK(isthmus::clean().records == 0);
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("a fork's child is told of its parent's death, and owned nothing itself",
          "[owners][MTX-06][INH-07]") {
  auto guard = mutex::create();
  shared<std::array<std::atomic<int>, 2>> said;
  forked parent([&] {
    if (!guard.try_lock_for(support::patience())) return 1;
    const pid_t child = ::fork();
    if (child == 0) {
      std::error_code ec;
      guard.unlock(ec);
      (*said)[0] = ec == errc::not_owner && !guard.try_lock() ? 1 : 2;
      (*said)[1] = guard.wait_for(support::patience()) == wait_status::abandoned ? 1 : 2;
      ::_exit(0);
    }
    live_until_killed();
  });
  REQUIRE(support::eventually([&] { return (*said)[0] != 0; }));
  CHECK((*said)[0] == 1);
  parent.kill();
  REQUIRE(support::eventually([&] { return (*said)[1] != 0; }));
  CHECK((*said)[1] == 1);
}

TEST_CASE("a child of a raw clone is an owner of its own", "[owners][MTX-06]") {
  auto guard = mutex::create();
  REQUIRE(guard.try_lock());
  guard.unlock();
  forked child(static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0)));
  if (child.id() == 0) {
    ::_exit(guard.try_lock() ? 0 : 1);
  }
  REQUIRE(child.ended() == 0);
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("a thread can own a thousand mutexes, and all are abandoned at its death",
          "[owners][MTX-06][MTX-14]") {
  if (isthmus::detail::portable_engine) SKIP("there is no limit where records tell of deaths");
  std::vector<mutex> all;
  constexpr int most = 1000;
  rlimit descriptors{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  descriptors.rlim_cur = descriptors.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  for (int i = 0; i <= most; ++i) all.push_back(mutex::create());
  CHECK(in_child([&] {
          for (int i = 0; i < most; ++i)
            if (!all[static_cast<std::size_t>(i)].try_lock()) return 2;
          std::error_code ec;
          if (all.back().wait_for(0ms, ec) != wait_status::failed || ec != errc::limit_exceeded)
            return 1;
          all.front().unlock();
          if (!all.back().try_lock()) return 3;
          ::raise(SIGKILL);
          return 4;
        }) == 128 + SIGKILL);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(support::lock_within(all[i]) ==
          (i == 0 ? wait_status::signaled : wait_status::abandoned));
    all[i].unlock();
  }
}
