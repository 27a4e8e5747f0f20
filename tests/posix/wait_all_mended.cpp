// SPDX-License-Identifier: MIT
//
// Who finds what a killed wait for all has left makes it good, and may be killed at that itself.
#include "led.hpp"
#include "seams.hpp"
#include "set_of_three.hpp"

#include "posix/system/sleep.hpp"

#include "support/sanitizers.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <csignal>

using namespace white;
using namespace std::chrono_literals;
using isthmus::wait_status;

namespace {

constexpr int killed = 128 + SIGKILL;

/// All that the dead one had taken is taken, and all else is there.
void check_all_or_nothing(set_of_three& all, bool taken, const std::array<int, 3>& menders) {
  const auto is_left = [&](int mender, isthmus::waitable& one) {
    return mender == static_cast<int>(wait_status::signaled) ||
           one.wait_for(0ms) == wait_status::signaled;
  };
  CHECK(is_left(menders[0], all.tokens) != taken);
  CHECK(is_left(menders[1], all.ready) != taken);
  const auto status = all.guard.wait_for(support::patience());
  if (menders[2] == killed) {
    CHECK(status == (taken ? wait_status::abandoned : wait_status::signaled));
  } else {  // the mender has taken it, and ended
    CHECK(menders[2] == static_cast<int>(taken ? wait_status::abandoned : wait_status::signaled));
    CHECK(status == wait_status::abandoned);
  }
  CHECK(all.nobody_has_reserved());
  all.guard.unlock();
}

}  // namespace

TEST_CASE("who takes over what a killed wait for all left, and is killed, leaves it as it was",
          "[wait][WAIT-07][SEM-07]") {
  int round = 0;
  int deaths = 0;
  for (const auto& death : moments) {
    if (!comes_to(death.where, false)) continue;
    INFO(name_of(death.where) << " " << death.nth);
    set_of_three all(round++);
    REQUIRE(all.killed_at(death.where, death.nth) == killed);
    std::array<int, 3> menders{};
    const std::array<isthmus::waitable*, 3> objects{&all.tokens, &all.ready, &all.guard};
    std::transform(objects.begin(), objects.end(), menders.begin(), [](isthmus::waitable* one) {
      return in_child([one] {
        signal_at(step::guard_taken_over, SIGKILL);
        return static_cast<int>(one->wait_for(20ms));
      });
    });
    deaths += static_cast<int>(std::count(menders.begin(), menders.end(), killed));
    check_all_or_nothing(all, death.taken, menders);
  }
  CHECK(deaths >= 9);
}

TEST_CASE("who takes over what a killed wait for all left is killed at any instruction of that",
          "[wait][WAIT-07][SEM-07]") {
  if (isthmus::detail::portable_engine) SKIP("this engine owns with records");
  if (support::address_sanitizer || support::thread_sanitizer)
    SKIP("most instructions would be the sanitizer's, ten to a hundred for one of the library's");
  if (!may_lead()) SKIP("this process may not trace another");
  int deaths = 0;
  int instructions = 0;
  int round = 0;
  for (const auto& death : moments) {
    if (death.where != step::all_chained && death.where != step::all_decided) continue;
    for (std::size_t which = 0; which < 3; ++which) {
      INFO(name_of(death.where) << ", object " << which);
      const auto mender = [which](set_of_three& all) {
        return [which, &all] {
          set_of_three warm;  // what happens once only is not looked at
          for (isthmus::waitable* const one :
               std::array<isthmus::waitable*, 3>{&warm.tokens, &warm.ready, &warm.guard})
            (void)one->wait_for(0ms);
          isthmus::waitable* const one =
              std::array<isthmus::waitable*, 3>{&all.tokens, &all.ready, &all.guard}[which];
          ::raise(SIGSTOP);
          (void)one->wait_for(0ms);
          ::raise(SIGSTOP);
        };
      };
      set_of_three measured(round);
      REQUIRE(measured.killed_at(death.where, death.nth) == killed);
      const int steps = instructions_of(mender(measured));
      REQUIRE(steps > 0);
      instructions += steps;
      const auto kill_at = [&](int n) {
        set_of_three all(round);
        REQUIRE(all.killed_at(death.where, death.nth) == killed);
        led victim(mender(all));
        REQUIRE(victim.stops());
        const int to = n * 30 + n % 30;
        for (int k = 0; k < to && victim.step(); ++k) {
        }
        victim.kill();
        CAPTURE(to);
        // What the mender came for it may have taken itself before it was killed.
        const bool tokens = all.tokens.try_acquire();
        const bool ready = all.ready.wait_for(0ms) == wait_status::signaled;
        const auto status = all.guard.wait_for(support::patience());
        CHECK((tokens != death.taken || (which == 0 && !tokens)));
        CHECK((ready != death.taken || (which == 1 && !ready)));
        CHECK((status == (death.taken ? wait_status::abandoned : wait_status::signaled) ||
               (which == 2 && status == wait_status::abandoned)));
        CHECK(all.nobody_has_reserved());
        all.guard.unlock();
      };
      deaths += at_each_of(steps / 30, kill_at, 2s, 4);  // of six; each is led a long way
      ++round;
    }
  }
  WARN("killed at " << deaths << " of " << instructions << " instructions");
  CHECK(deaths > 0);
}
