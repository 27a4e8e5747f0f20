// SPDX-License-Identifier: MIT
//
// How time limits are read. What waits do with them is in mutex_timed.cpp.
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

using namespace std::chrono_literals;
using isthmus::detail::limit_of;
using isthmus::detail::saturated;
using isthmus::detail::time_left;
using std::chrono::nanoseconds;

TEST_CASE("the ways in which a wait ends have names", "[wait]") {
  CHECK(to_string(isthmus::wait_status::signaled) == "signaled");
  CHECK(to_string(isthmus::wait_status::abandoned) == "abandoned");
  CHECK(to_string(isthmus::wait_status::timeout) == "timeout");
  CHECK(to_string(isthmus::wait_status::failed) == "failed");
}

TEST_CASE("a limit is rounded up, never down", "[wait][WAIT-01]") {
  using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
  CHECK(limit_of(1ns) == 1ns);
  CHECK(limit_of(1500us) == 1'500'000ns);
  CHECK(limit_of(1h) == 3600s);
  CHECK(limit_of(picoseconds(1)) == 1ns);
  CHECK(limit_of(picoseconds(1001)) == 2ns);
  CHECK(limit_of(std::chrono::duration<double>(1e-10)) == 1ns);
  CHECK(limit_of(std::chrono::duration<float>(0.5f)) == 500ms);
}

TEST_CASE("a negative limit is zero", "[wait][WAIT-01]") {
  using doubles = std::chrono::duration<double>;
  CHECK(limit_of(0s) == 0ns);
  CHECK(limit_of(-1ns) == 0ns);
  CHECK(limit_of(nanoseconds::min()) == 0ns);
  CHECK(limit_of(std::chrono::hours::min()) == 0ns);
  CHECK(limit_of(doubles(-std::numeric_limits<double>::infinity())) == 0ns);
  CHECK(limit_of(doubles(std::numeric_limits<double>::quiet_NaN())) == 0ns);
}

TEST_CASE("a limit beyond all limits saturates", "[wait][WAIT-01]") {
  using doubles = std::chrono::duration<double>;
  CHECK(limit_of(nanoseconds::max()) == nanoseconds::max());
  CHECK(limit_of(std::chrono::hours::max()) == nanoseconds::max());
  CHECK(limit_of(std::chrono::seconds(10'000'000'000)) == nanoseconds::max());
  CHECK(limit_of(doubles(std::numeric_limits<double>::infinity())) == nanoseconds::max());
  CHECK(limit_of(doubles(1e300)) == nanoseconds::max());
}

// All of these are worked out by the compiler, for which an overflow is an error.

TEST_CASE("every duration is converted, and what is too large to the largest", "[wait][WAIT-01]") {
  using std::chrono::hours;
  using std::chrono::microseconds;
  using ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
  using frames = std::chrono::duration<std::int64_t, std::ratio<1001, 60000>>;
  using bytes = std::chrono::duration<std::int8_t, std::ratio<3600>>;
  using unsigned_nanoseconds = std::chrono::duration<std::uint64_t, std::nano>;
  constexpr auto most = nanoseconds::max();
  constexpr auto least = nanoseconds::min();

  constexpr auto largest = saturated<nanoseconds>(microseconds::max());
  CHECK(largest == most);
  constexpr auto smallest = saturated<nanoseconds>(microseconds::min());
  CHECK(smallest == least);
  constexpr auto ages = saturated<nanoseconds>(hours::max());
  CHECK(ages == most);
  constexpr auto ages_ago = saturated<ticks>(hours::min());
  CHECK(ages_ago == ticks::min());
  constexpr auto just_fits = saturated<nanoseconds>(microseconds(most.count() / 1000));
  CHECK(just_fits == nanoseconds(most.count() / 1000 * 1000));
  constexpr auto just_not = saturated<nanoseconds>(microseconds(most.count() / 1000 + 1));
  CHECK(just_not == most);
  constexpr auto fine = saturated<ticks>(most);
  CHECK(fine == ticks(most.count() / 100 + 1));
  constexpr auto same = saturated<nanoseconds>(least);
  CHECK(same == least);
  constexpr auto from_unsigned = saturated<nanoseconds>(unsigned_nanoseconds::max());
  CHECK(from_unsigned == most);
  constexpr auto from_small = saturated<nanoseconds>(bytes(100));
  CHECK(from_small == hours(100));
  constexpr auto up = saturated<microseconds>(nanoseconds(-1500));
  CHECK(up == microseconds(-1));
  constexpr auto two_centuries = saturated<nanoseconds>(frames(378'000'000'000));
  CHECK(two_centuries == std::chrono::seconds(6'306'300'000));
  constexpr auto all_frames = saturated<nanoseconds>(frames::max());
  CHECK(all_frames == most);
  constexpr auto never = saturated<nanoseconds>(std::chrono::duration<double>(-1e300));
  CHECK(never == least);
}

TEST_CASE("the time that is left is right in every unit, and saturates",
          "[wait][WAIT-01][TMR-13]") {
  using std::chrono::hours;
  using std::chrono::microseconds;
  constexpr auto most = nanoseconds::max();
  constexpr auto now = nanoseconds(1'764'000'000'123'456'789);

  constexpr auto soon = time_left(now + 5ns, now);
  CHECK(soon == 5ns);
  constexpr auto past = time_left(now, now + 5ns);
  CHECK(past == 0ns);
  constexpr auto end_of_time = time_left(hours::max(), now);
  CHECK(end_of_time == most);
  constexpr auto beginning_of_time = time_left(hours::min(), now);
  CHECK(beginning_of_time == 0ns);
  constexpr auto last = time_left(most, now);
  CHECK(last == most - now);
  constexpr auto first = time_left(nanoseconds::min(), now);
  CHECK(first == 0ns);
  constexpr auto from_the_first = time_left(most, nanoseconds::min());
  CHECK(from_the_first == most);
  constexpr auto far_clock = time_left(microseconds::max(), microseconds::max() - 3us);
  CHECK(far_clock == 3us);
  constexpr auto in_hours = time_left(hours(500'000), now);
  CHECK(in_hours == hours(500'000) - now);
  constexpr auto of_doubles = time_left(std::chrono::duration<double>(1e300), now);
  CHECK(of_doubles == most);
}

namespace {

/// A clock of some unit, which stands still.
template <class Duration>
struct still_clock {
  using duration = Duration;
  using rep = typename duration::rep;
  using period = typename duration::period;
  using time_point = std::chrono::time_point<still_clock>;
  static constexpr bool is_steady = false;
  static time_point now() noexcept { return time_point(duration(10'000)); }
};

/// How long a wait would be, the first time; and that there is one at all.
template <class Clock, class Duration>
nanoseconds first_limit(std::chrono::time_point<Clock, Duration> when) {
  nanoseconds seen = -1ns;
  (void)isthmus::detail::until(when, 0, [&](nanoseconds limit) {
    seen = limit;
    return 1;
  });
  return seen;
}

}  // namespace

TEST_CASE("a wait until the end of any clock's time is no wait until now",
          "[wait][WAIT-01][TMR-13]") {
  using std::chrono::hours;
  using by_hours = still_clock<hours>;
  using by_microseconds = still_clock<std::chrono::microseconds>;
  using long_time = std::chrono::time_point<by_microseconds, hours>;
  CHECK(first_limit(by_hours::time_point::max()) == 100ms);
  CHECK(first_limit(by_hours::time_point::min()) == 0ns);
  CHECK(first_limit(by_microseconds::time_point::max()) == 100ms);
  CHECK(first_limit(long_time::max()) == 100ms);
  CHECK(first_limit(long_time::min()) == 0ns);
  CHECK(first_limit(by_microseconds::now() + 7us) == 7us);
  CHECK(first_limit(std::chrono::steady_clock::time_point::max()) > 24h);
}
