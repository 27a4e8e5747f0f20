// SPDX-License-Identifier: MIT
#include "books.hpp"

#include "posix/seams.hpp"

#include <chrono>
#include <random>

namespace storm {
namespace {

using namespace std::chrono_literals;
using isthmus::wait_status;
using white::step;

class worker {
 public:
  worker(books& all, objects& shared, int self, std::uint64_t seed)
      : all_(all), shared_(shared), self_(self), random_(seed) {}

  void once() {
    maybe_die_at_a_step();
    switch (random_() % 8) {
      case 0:
      case 1:
        return wait(pool, 0, {shared_.pool}, false);
      case 2:
        return wait(0, 1, {shared_.guard[0]}, false);
      case 3:
        return wait(baton, 0, {shared_.baton}, false);
      case 4:
        return wait(pool | baton, 1, {shared_.guard[0], shared_.pool, shared_.baton}, false);
      case 5:
        return wait(pool | baton, 0, {shared_.baton, shared_.pool}, true);
      case 6:
        return wait(pool, 3, {shared_.guard[1], shared_.pool, shared_.guard[0]}, true);
      default:
        return wait(0, 2, {shared_.tick, shared_.guard[1]}, false);
    }
  }

 private:
  void maybe_die_at_a_step() {
    white::no_hook();
    if (random_() % 200 != 0) return;
    constexpr int first = static_cast<int>(step::lock_taken_over);
    constexpr int number = static_cast<int>(step::count) - first;
    const auto where = static_cast<step>(first + static_cast<int>(random_() % number));
    white::signal_at(where, SIGKILL, 1 + static_cast<int>(random_() % 3));
  }

  void say(std::uint32_t state) {
    all_.state[at()] = state;
    ++all_.steps[at()];
  }
  [[nodiscard]] std::size_t at() const { return static_cast<std::size_t>(self_); }

  /// Waits for objects among which there are these permits and mutexes; holds what it got for a
  /// moment; gives it back.
  void wait(std::uint32_t which, std::uint32_t mutexes, const isthmus::wait_list& list, bool all) {
    const std::chrono::nanoseconds limit =
        random_() % 3 == 0 ? std::chrono::microseconds(random_() % 200) : 3s;
    say(which << taking_at);
    const auto start = std::chrono::steady_clock::now();
    const auto got = all ? wait_all_for(list, limit) : wait_any_for(list, limit);
    ++all_.waits;
    if (got.status == wait_status::timeout) {
      ++all_.timeouts;
      return say(0);
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count();
    if (took > all_.longest) all_.longest = took;
    if (!all) {
      const isthmus::waitable* const one = &list.objects()[got.index].get();
      which = one == &shared_.pool ? pool : one == &shared_.baton ? baton : 0;
      mutexes = one == &shared_.guard.front() ? 1 : one == &shared_.guard.back() ? 2 : 0;
    }
    const bool abandoned = got.status == wait_status::abandoned;
    if (abandoned) ++all_.abandoned;
    hold(which, mutexes, abandoned);
  }

  void hold(std::uint32_t which, std::uint32_t mutexes, bool abandoned) {
    say(which << holding_at);
    for (std::uint32_t i = 0; i < 2; ++i)
      if ((mutexes >> i & 1) != 0 && all_.owner[i].exchange(self_ + 1) != 0 && !abandoned)
        all_.fault("two own a mutex", self_, i);
    if ((which & pool) != 0 && all_.holders(pool) > permits)
      all_.fault("more hold permits than there are", self_, all_.holders(pool));
    if ((which & baton) != 0 && all_.holders(baton) > 1)
      all_.fault("two hold the baton", self_, all_.holders(baton));
    if (random_() % 4 == 0) ::usleep(static_cast<useconds_t>(random_() % 100));
    for (std::uint32_t i = 0; i < 2; ++i)
      if ((mutexes >> i & 1) != 0 && all_.owner[i].exchange(0) != self_ + 1)
        all_.fault("somebody else had our mutex", self_, i);
    say(which << giving_at);
    std::error_code ec;
    if ((which & pool) != 0) shared_.pool.release(1, ec);
    if (ec) all_.fault("a permit too many", self_, ec.value());
    say((which & baton) << giving_at);
    if ((which & baton) != 0) shared_.baton.set();
    say(0);
    for (std::uint32_t i = 0; i < 2; ++i)
      if ((mutexes >> i & 1) != 0) shared_.guard[i].unlock();
  }

  books& all_;
  objects& shared_;
  int self_;
  std::mt19937_64 random_;
};

}  // namespace

int run(books& all, objects& shared, int self, std::uint64_t seed) {
  worker one(all, shared, self, seed);
  while (!all.stop) {
    if (all.pause)
      ::usleep(200);
    else
      one.once();
  }
  return 0;
}

}  // namespace storm
