// SPDX-License-Identifier: MIT
//
// A runtime directory that is full: a small file system in memory, mounted where only the children
// of the test see it.
#include "forked.hpp"
#include "recorded.hpp"
#include "runtime.hpp"
#include "stale.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/system/sleep.hpp"

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/view.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::section;
using support::of;

namespace {

#define NEED(...) \
  if (!(__VA_ARGS__)) return __LINE__ % 90 + 1

constexpr int not_permitted = 96;

/// Runs `work` in a child in whose name space the memory for objects is a file system of 4 MiB: the
/// runtime directory, or all that shm_open has.
int with_little_room(const private_runtime& base, const std::function<int()>& work,
                     bool many_files = isthmus::detail::bytes_apart) {
  return in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("isthmus", isthmus::detail::bytes_apart ? "/dev/shm" : base.path().c_str(), "tmpfs",
                0, many_files ? "size=4m,nr_inodes=256" : "size=4m,nr_inodes=64") != 0)
      return not_permitted;
    std::filesystem::create_directories(base.path());
    return work();
  });
}

}  // namespace

TEST_CASE("a full file system is an error at creation, with figures", "[full][SEC-19]") {
  const private_runtime base;
  const int code = with_little_room(base, [] {
    for (const std::uint64_t size : {std::uint64_t{8} << 20, std::uint64_t{5} << 20}) {
      const auto problem = support::thrown_by([&] { (void)section::create(of("large", size)); });
      NEED(problem.code == errc::no_space);
      NEED(problem.text.find("4.0 MiB") != std::string::npos);
      NEED(problem.text.find("free") != std::string::npos);
    }
    std::vector<section> all;
    std::error_code ec;
    while (!ec) all.push_back(section::create(of(std::to_string(all.size()), 256 << 10), ec));
    NEED(ec == errc::no_space);
    all.pop_back();
    NEED(all.size() >= 14 && all.size() <= 16);
    for (const auto& one : all) {  // every byte that was promised is there
      const auto view = isthmus::view::map(one);
      for (auto& byte : view.bytes()) byte = std::byte{1};
    }
    all.clear();
    (void)section::create(of("again", 3 << 20));
    return 0;
  });
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("a mutex without room is an error; a lock only where it makes a record", "[full]") {
  const private_runtime base;
  const int code = with_little_room(base, [] {
    auto guard = isthmus::mutex::create();
    std::vector<section> all;
    std::error_code ec;
    std::uint64_t size = 1 << 20;
    for (; size >= 4096; size /= 2) {
      ec.clear();
      while (!ec) all.push_back(section::create(of(std::to_string(all.size()), size), ec));
      all.pop_back();
      NEED(ec == errc::no_space);
    }
    std::vector<isthmus::mutex> more;
    ec.clear();
    while (!ec)
      more.push_back(isthmus::mutex::create({.name = std::to_string(more.size()) + "m"}, ec));
    NEED(ec == errc::no_space && more.size() < 70);
    guard.lock(ec);
    if (isthmus::detail::portable_engine) {  // which has to make a record
      NEED(ec == errc::no_space);
      all.clear();
      more.clear();
      guard.lock(ec);
    }
    NEED(!ec);
    return 0;
  });
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("a wait for all without room for its guards is an error, and has taken nothing",
          "[full][WAIT-07]") {
  const private_runtime base;
  const int code = with_little_room(base, [] {
    auto tokens = isthmus::semaphore::create({.name = "tokens", .initial = 1, .maximum = 1});
    auto alarm = isthmus::timer::create({.name = "alarm"});
    std::vector<section> all;
    std::error_code ec;
    for (std::uint64_t size = 1 << 20; size >= 4096; size /= 2) {
      ec.clear();
      while (!ec) all.push_back(section::create(of(std::to_string(all.size()), size), ec));
      all.pop_back();
    }
    while (isthmus::event::create({.name = std::to_string(all.size())}, ec))
      all.push_back(section::create(of(std::to_string(all.size()) + "x", 1), ec));
    (void)isthmus::wait_all_for({tokens, alarm}, 0ms, ec);
    NEED(ec == errc::no_space);
    alarm.arm(1ms, 0ms, ec);
    NEED(ec == errc::no_space);
    all.clear();
    alarm.arm(1ms);
    NEED(isthmus::wait_all_for({tokens, alarm}, support::patience()).status ==
         isthmus::wait_status::signaled);
    return 0;
  });
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("what killed processes left makes room when it is needed", "[full][LIFE-03]") {
  const private_runtime base;
  const int code = with_little_room(base, [] {
    for (int round = 0; round < 3; ++round) {
      NEED(leave_stale("left" + std::to_string(round), 3 << 20));
      const auto made = section::create(of("next" + std::to_string(round), 3 << 20));
      NEED(isthmus::const_view::map(made).as<int>() == 0);
      NEED(entries(session_in(std::getenv("ISTHMUS_RUNTIME_DIR"))).size() == 1);
      NEED(orphans().size() == (isthmus::detail::bytes_apart ? 1 : 0));  // not left, but in use
    }
    return 0;
  });
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

// Whoever comes looks at 64 records only, as long as there is room.
TEST_CASE("a record finds room where one of the dead is, wherever that is", "[full][records]") {
  const private_runtime base;
  const int code = with_little_room(
      base,
      [] {
        own_with_records();
        auto guard = isthmus::mutex::create();
        shared<std::atomic<int>> living;
        std::list<forked> owners;
        for (int i = 0; i < 120; ++i)
          owners.emplace_back([&] {
            auto own = isthmus::mutex::create();
            if (!own.try_lock()) return 1;
            ++*living;
            live_until_killed();
            return 0;
          });
        NEED(support::eventually([&] { return *living == 120; }));
        std::vector<section> all;
        std::error_code ec;
        while (!ec) all.push_back(section::create(of(std::to_string(all.size()), 1), ec));
        NEED(ec == errc::no_space);
        // A section may take two files, so that one may be left.
        const std::string filler = std::string(std::getenv("ISTHMUS_RUNTIME_DIR")) + "/filler";
        for (int i = 0; isthmus::detail::descriptor(
                 ::open((filler + std::to_string(i)).c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600));
             ++i) {
        }
        NEED(errno == ENOSPC);
        const auto locks = [&] {
          return in_child([&] {
            (void)guard.wait_for(support::patience(), ec);
            if (!ec) guard.unlock();
            return ec ? 1 : 0;
          });
        };
        NEED(locks() == 1);
        owners.pop_front();  // which kills it; each of the following leaves its own
        for (int i = 0; i < 10; ++i) NEED(locks() == 0);
        return 0;
      },
      true);
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("pages of a reserved section are committed or refused, never a fault", "[full][SEC-18]") {
  const private_runtime base;
  const int code = with_little_room(base, [] {
    const auto made = section::create({.name = "reserved", .size = 1 << 30, .reserve = true});
    const auto all = isthmus::view::map(made);
    all.commit(512 << 20, 2 << 20);
    for (auto& byte : all.bytes().subspan(512 << 20, 2 << 20)) byte = std::byte{1};
    const auto problem = support::thrown_by([&] { all.commit(0, 3 << 20); });
    NEED(problem.code == errc::no_space);
    return 0;
  });
  if (code == not_permitted) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}
