// SPDX-License-Identifier: MIT
//
// Owners with records, and waiters who look for these in other places: what is not found there is
// no death, and what has become of a file there harms nobody.
#include "few_descriptors.hpp"
#include "forked.hpp"
#include "recorded.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/limits.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <list>
#include <system_error>
#include <vector>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

/// Two runtime directories. None of this process's own has been opened yet, so its children can
/// choose.
struct two_places {
  std::filesystem::path here = runtime() / "here";
  std::filesystem::path there = runtime() / "there";

  two_places() {
    std::filesystem::create_directories(here);
    std::filesystem::create_directories(there);
  }
  ~two_places() {
    std::filesystem::remove_all(here);
    std::filesystem::remove_all(there);
  }
  two_places(const two_places&) = delete;
  two_places& operator=(const two_places&) = delete;
};

void go_to(const std::filesystem::path& place) {
  ::setenv("ISTHMUS_RUNTIME_DIR", place.c_str(), 1);
  own_with_records();
}

/// What a process in that place gets of the mutex.
wait_status lock_from(const std::filesystem::path& place, mutex& guard,
                      support::time_limit limit = 100ms) {
  return static_cast<wait_status>(in_child([&] {
    go_to(place);
    const wait_status status = guard.wait_for(limit);
    if (status != wait_status::timeout) guard.unlock();
    return static_cast<int>(status);
  }));
}

/// Owns the mutex, with a record in that place, until it is killed.
class recorded_owner {
 public:
  recorded_owner(const std::filesystem::path& place, mutex& guard)
      : process_([&] {
          go_to(place);
          if (guard.wait_for(support::patience()) != wait_status::signaled) return 1;
          owns_->store(true);
          live_until_killed();
        }) {}
  [[nodiscard]] bool owns() {
    return support::eventually([&] { return owns_->load(); });
  }
  void kill() { process_.kill(); }

 private:
  shared<std::atomic<bool>> owns_;
  forked process_;
};

std::size_t records_in(const std::filesystem::path& place) {
  std::size_t count = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator(place))
    if (each.is_regular_file() && each.path().parent_path().filename() == "p") ++count;
  return count;
}

/// The file of the only record in a place.
std::filesystem::path record_in(const std::filesystem::path& place) {
  for (const auto& each : std::filesystem::recursive_directory_iterator(place))
    if (each.is_regular_file() && each.path().parent_path().filename() == "p") return each.path();
  return {};
}

}  // namespace

TEST_CASE("an owner with a record lives for those who look for that elsewhere",
          "[records][owners][MTX-06]") {
  const two_places places;
  auto guard = mutex::create();
  recorded_owner owner(places.there, guard);
  REQUIRE(owner.owns());
  CHECK(lock_from(places.here, guard) == wait_status::timeout);
  CHECK(lock_from(places.there, guard) == wait_status::timeout);
  owner.kill();
  CHECK(lock_from(places.here, guard) == wait_status::timeout);  // that is not known here
  CHECK(lock_from(places.there, guard, support::patience()) == wait_status::abandoned);
  CHECK(lock_from(places.here, guard, support::patience()) == wait_status::signaled);
}

TEST_CASE("a record that was swept tells of a death where it was, and there only",
          "[records][owners][MTX-06]") {
  const two_places places;
  auto guard = mutex::create();
  for (const bool several : {false, true}) {
    CAPTURE(several);
    if (several) CHECK(lock_from(places.here, guard) == wait_status::signaled);
    recorded_owner owner(places.there, guard);
    REQUIRE(owner.owns());
    owner.kill();
    std::filesystem::remove(record_in(places.there));
    CHECK(lock_from(places.here, guard) == wait_status::timeout);
    CHECK(lock_from(places.there, guard, support::patience()) == wait_status::abandoned);
  }
}

TEST_CASE("an owner with a record lives although its directory is removed and made anew",
          "[records][owners][MTX-12]") {
  const two_places places;
  auto guard = mutex::create();
  recorded_owner owner(places.there, guard);
  REQUIRE(owner.owns());
  std::filesystem::remove_all(places.there);
  std::filesystem::create_directories(places.there);
  CHECK(lock_from(places.there, guard) == wait_status::timeout);
}

TEST_CASE("a record that is cut short harms nobody, and its owner's death is told",
          "[records][owners][hostile]") {
  const two_places places;
  auto guard = mutex::create();
  recorded_owner owner(places.there, guard);
  REQUIRE(owner.owns());
  for (const std::uintmax_t size : {std::uintmax_t{4096}, std::uintmax_t{10}, std::uintmax_t{0}}) {
    CAPTURE(size);
    std::filesystem::resize_file(record_in(places.there), size);
    CHECK(lock_from(places.there, guard) == wait_status::timeout);
  }
  owner.kill();
  CHECK(lock_from(places.there, guard, support::patience()) == wait_status::abandoned);
}

TEST_CASE("records of the dead do not pile up, however many live there", "[records]") {
  const two_places places;
  std::vector<mutex> guards;
  std::list<recorded_owner> living;
  const auto add = [&] {
    guards.push_back(mutex::create());
    living.emplace_back(places.there, guards.back());
    REQUIRE(living.back().owns());
  };
  constexpr std::size_t many = 90;
  guards.reserve(many + 10);
  for (std::size_t i = 0; i < many + 10; ++i) add();
  for (int i = 0; i < 10; ++i) living.pop_front();  // which kills it
  // Each process looks at a few of them.
  auto free = mutex::create();
  for (int i = 0; i < 100 && records_in(places.there) > many + 1; ++i)
    CHECK(lock_from(places.there, free) == wait_status::signaled);
  CHECK(records_in(places.there) <= many + 1);  // that of the last one
}

namespace {

/// What a wait gives, in a process with a record and without a free descriptor: 0 where it fails
/// for that reason.
int fails_blindly(mutex& guard, const std::function<wait_status(std::error_code&)>& wait) {
  return in_child([&] {
    own_with_records();
    auto other = mutex::create();
    if (wait_status::signaled != other.wait_for(0ms)) return 1;
    other.unlock();
    std::error_code ec;
    if (guard.wait_for(10ms, ec) == wait_status::failed) return 2;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    leave_descriptors(0);
    if (guard.wait_for(100ms, ec) == wait_status::failed) return 3;
    if (wait(ec) != wait_status::failed) return 4;
    if (ec != isthmus::errc::too_many_handles) return 5;
    set_descriptors(before.rlim_cur);
    return guard.wait_for(10ms, ec) == wait_status::failed || ec ? 6 : 0;
  });
}

}  // namespace

TEST_CASE("a wait that cannot see whether the owner lives, for want of a descriptor, says so",
          "[records][owners][limits][MTX-06]") {
  auto guard = mutex::create();
  shared<std::atomic<bool>> owns;
  forked owner([&] {
    own_with_records();
    *owns = guard.wait_for(support::patience()) == wait_status::signaled;
    live_until_killed();
    return 0;
  });
  REQUIRE(support::eventually([&] { return owns->load(); }));
  auto permits = isthmus::semaphore::create({.initial = 5});
  auto never = isthmus::event::create();
  const auto patience = support::patience();
  const auto waits = [&](auto wait) { return fails_blindly(guard, wait); };
  CHECK(waits([&](auto& ec) { return guard.wait_for(patience, ec); }) == 0);
  CHECK(waits([&](auto& ec) {
          return isthmus::wait_any_for({never, guard}, patience, ec).status;
        }) == 0);
  CHECK(waits([&](auto& ec) {
          return isthmus::wait_all_for({permits, guard}, patience, ec).status;
        }) == 0);
  CHECK(waits([&](auto& ec) {
          return isthmus::signal_and_wait_for(permits, guard, patience, ec);
        }) == 0);
  owner.kill();
  CHECK(guard.wait_for(patience) == wait_status::abandoned);
}

TEST_CASE("so does a wait for all that cannot see whether another one lives, amid its taking",
          "[records][owners][limits][WAIT-07]") {
  auto free = mutex::create();
  for (const step where : {step::all_one_reserved, step::all_one_taken}) {
    INFO(name_of(where));
    auto permits = isthmus::semaphore::create({.initial = 5});
    auto others = isthmus::semaphore::create({.initial = 5});
    forked taker([&] {
      own_with_records();
      signal_at(where, SIGSTOP);
      (void)isthmus::wait_all_for({permits, others}, support::patience());
      return 0;
    });
    REQUIRE(taker.stopped());
    CHECK(fails_blindly(free, [&](auto& ec) {
            return isthmus::wait_all_for({permits, others}, support::patience(), ec).status;
          }) == 0);
    taker.kill();
    CHECK(isthmus::wait_all_for({permits, others}, support::patience()).status ==
          wait_status::signaled);
  }
}

TEST_CASE("an owner that unlocks and locks again lives, though nobody can look",
          "[records][owners][limits][MTX-06]") {
  auto guard = mutex::create();
  shared<std::atomic<bool>> over;
  forked owner([&] {
    own_with_records();
    while (!*over) {
      if (!guard.try_lock_for(support::patience())) return 1;
      (void)isthmus::event::create().wait_for(5ms);
      guard.unlock();
    }
    return 0;
  });
  CHECK(in_child([&] {
          own_with_records();
          auto other = mutex::create();
          if (!other.try_lock()) return 2;
          leave_descriptors(0);
          std::error_code ec;
          const auto end = support::clock::now() + 3s;
          while (support::clock::now() < end && !ec)
            if (guard.wait_for(support::patience(), ec) == wait_status::signaled) guard.unlock();
          return ec ? 1 : 0;
        }) == 0);
  *over = true;
  CHECK(owner.ended() == 0);
}
