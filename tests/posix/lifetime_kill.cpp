// SPDX-License-Identifier: MIT
#include "forked.hpp"
#include "ledger.hpp"
#include "lifetime_worker.hpp"
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "posix/names/lifetime.hpp"

#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;

namespace {

constexpr int worker_count = 6;
static_assert(worker_count <= most_workers);

/// How long the stress takes: ISTHMUS_TEST_STRESS seconds, or what it is by default.
std::chrono::duration<double> stress_time(std::chrono::duration<double> otherwise) {
  const char* const text = std::getenv("ISTHMUS_TEST_STRESS");
  return text != nullptr ? std::chrono::duration<double>(std::atof(text))
                         : otherwise / support::less_factor();
}

class stress {
 public:
  explicit stress(stress_plan plan) : plan_(std::move(plan)), random_(std::random_device()()) {
    for (int worker = 0; worker < worker_count; ++worker) workers_.push_back(start(worker));
  }

  /// Lets them go on for a while, and longer where the machine is too slow for them to have seen
  /// enough; kills one every few milliseconds if `kills`.
  void run(std::chrono::duration<double> time, bool kills, bool until_violation = false) {
    const auto end = support::clock::now() + time;
    const auto latest = end + support::patience();
    const auto goes_on = [&] {
      const auto now = support::clock::now();
      return now < end ||
             (now < latest && !until_violation && kills && !book_->has_seen_enough(true));
    };
    while (goes_on() && !(until_violation && book_->violations != 0)) {
      std::this_thread::sleep_for(std::chrono::microseconds(500 + random_() % 3000));
      if (kills) kill(static_cast<int>(random_() % worker_count));
      for (int worker = 0; worker < worker_count; ++worker) replace(worker);
    }
  }

  /// Each closes what it has and ends; false if one does not come to its end.
  bool stop() {
    book_->stop = true;
    bool all = true;
    for (auto& worker : workers_) all = worker.ended() == 0 && all;
    return all;
  }

  void kill_all() {
    for (auto& mark : book_->doom) mark |= 1;  // first: the last ones still judge
    for (auto& worker : workers_) worker.kill();
  }

  [[nodiscard]] const ledger& book() const { return *book_; }

 private:
  forked start(int worker) {
    const auto work = [this, worker, seed = random_()] {
      return run_worker(*book_, plan_, worker, seed);
    };
    if (plan_.users == 0) return forked(work);
    return forked(as_user(first_user + static_cast<uid_t>(worker % plan_.users), work));
  }

  void kill(int worker) {
    book_->doom[static_cast<std::size_t>(worker)] |= 1;
    ++book_->kills;
    workers_[static_cast<std::size_t>(worker)].signal(SIGKILL);
  }

  void replace(int worker) {
    auto& place = workers_[static_cast<std::size_t>(worker)];
    // The kernel drops a process's locks before its parent can learn of its end.
    const auto code = place.ended(0ms);
    if (!code) return;
    if (*code != 128 + SIGKILL)
      book_->violation("a worker ended by itself", worker, 0, std::to_string(*code));
    book_->bury(worker);
    std::destroy_at(&place);
    std::construct_at(&place, start(worker));
  }

  stress_plan plan_;
  std::mt19937_64 random_;
  shared<ledger> book_;
  std::vector<forked> workers_;
};

int clean_in_child() {
  return in_child([] {
    isthmus::clean();
    if (isthmus::detail::global_names) isthmus::clean(isthmus::scope::global);
    return 0;
  });
}

/// What is left of global names.
std::vector<std::string> global_entries() {
  auto names = entries(runtime());
  std::erase_if(names, [](const std::string& name) { return !name.starts_with("isthmus."); });
  return names;
}

/// What can be asked of either scope.
void check(const ledger& book) {
  INFO("operations " << book.operations << ", held " << book.held_checks << ", nobody "
                     << book.nobody_checks << ", busy " << book.busy << ", kills " << book.kills
                     << ", at a step " << book.self_kills);
  INFO(book.first_violation.data());
  CHECK(book.violations == 0);
  // Busy needs somebody who is kept from running for 200 ms in the middle.
  CHECK(book.busy * 1000 <= book.operations);
  CHECK(book.has_seen_enough(true));
}

}  // namespace

TEST_CASE("processes killed anywhere in create, open and close never mislead the others",
          "[lifetime][LIFE-01][LIFE-02][LIFE-03]") {
  stress test({.stem = support::unique_name("kill"), .kills_itself = true});
  test.run(stress_time(8s), true);
  test.kill_all();
  check(test.book());

  REQUIRE(clean_in_child() == 0);
  CHECK(entries(session()).empty());
  CHECK(orphans().empty());
}

TEST_CASE("so it is with global names", "[lifetime][global][LIFE-01][LIFE-02][LIFE-03]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  stress test({.stem = "Global\\" + support::unique_name("kill"), .kills_itself = true});
  test.run(stress_time(4s), true);
  test.kill_all();
  check(test.book());
  REQUIRE(clean_in_child() == 0);
  CHECK(global_entries().empty());
}

TEST_CASE("and when three users share them", "[lifetime][global][users][LIFE-01][LIFE-03]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  if (::geteuid() != 0) SKIP("only root can play other users");
  const open_runtime for_others;
  stress test(
      {.stem = "Global\\" + support::unique_name("kill"), .kills_itself = true, .users = 3});
  test.run(stress_time(6s), true);
  test.kill_all();
  check(test.book());
  REQUIRE(clean_in_child() == 0);
  CHECK(global_entries().empty());
}

TEST_CASE("global names that are only closed leave nothing, of one user's", "[lifetime][global]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  stress test({.stem = "Global\\" + support::unique_name("close")});
  test.run(stress_time(1s), false);
  REQUIRE(test.stop());
  INFO(test.book().first_violation.data());
  CHECK(test.book().violations == 0);
  CHECK(global_entries().empty());
}

TEST_CASE("what only closes leaves nothing without any cleaning", "[lifetime][LIFE-01]") {
  stress test({.stem = support::unique_name("close")});
  test.run(stress_time(1s), false);
  REQUIRE(test.stop());
  INFO(test.book().first_violation.data());
  CHECK(test.book().violations == 0);
  CHECK(entries(session()).empty());
  CHECK(orphans().empty());
}

TEST_CASE("a dead name's next create and close leaves nothing of it", "[lifetime][LIFE-03]") {
  const auto name = support::unique_name("leftover");
  std::vector<step> steps{step::create_published, step::open_checked, step::close_locked,
                          step::close_checked};
  if (isthmus::detail::bytes_apart)
    steps.insert(steps.end(),
                 {step::turn_taken, step::create_file_made, step::create_bytes_named,
                  step::create_bytes_made, step::create_space_taken, step::create_header_written,
                  step::create_locked, step::close_bytes_removed});
  for (const step where : steps) {
    INFO(name_of(where));
    forked victim([&] {
      auto object = isthmus::section::create({.name = name, .size = 4096});
      signal_at(where, SIGKILL);
      const auto other = isthmus::section::create({.name = name + "2", .size = 4096});
      object.close();
      return 0;
    });
    CHECK(victim.ended().value_or(-1) == (where == step::open_checked ? 0 : 128 + SIGKILL));
    CHECK(in_child([&] {
            isthmus::section::create({.name = name, .size = 4096}).close();
            isthmus::section::create({.name = name + "2", .size = 4096}).close();
            return 0;
          }) == 0);
    CHECK(entries(session()).empty());
    CHECK(orphans().empty());
  }
}

TEST_CASE(
    "the oracles find what is wrong when an opener does not ask whether a name is gone, or does "
    "not wait for its turn",
    "[lifetime][mutation]") {
  isthmus::seam::skip_link_test = true;
  isthmus::seam::skip_turn = true;
  stress test({.stem = support::unique_name("mutant"), .kills_itself = true, .slow_openers = true});
  test.run(20s, true, true);
  isthmus::seam::skip_turn = false;
  isthmus::seam::skip_link_test = false;  // this process's: those it has forked have their own
  test.kill_all();
  INFO("operations " << test.book().operations);
  CHECK(test.book().violations != 0);
  (void)clean_in_child();
}
