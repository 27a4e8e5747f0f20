// SPDX-License-Identifier: MIT
//
// A user's program under ThreadSanitizer, linked with the library as it is built for everybody:
// races CASE. Two threads use plain data that only an isthmus object keeps apart. check.py runs the
// cases; the sanitizer's exit code tells whether it saw a race.
#include <isthmus/isthmus.hpp>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using namespace std::chrono_literals;

constexpr int rounds = 200;
constexpr auto patience = 60s;

int plain = 0;
bool in_time = true;  // of the thread that waits; the program's end looks at it

void expect(bool came) { in_time = in_time && came; }
bool got(isthmus::wait_status status) { return status == isthmus::wait_status::signaled; }

template <class First, class Second>
void both(First first, Second second) {
  std::thread one([&] {
    for (int i = 0; i < rounds; ++i) first();
  });
  std::thread other([&] {
    for (int i = 0; i < rounds; ++i) second();
  });
  one.join();
  other.join();
}
template <class Work>
void both(Work work) {
  both(work, work);
}

/// One thread writes and gives the word, the other waits for it, writes and answers.
template <class Give, class Take, class Answer, class Wait>
void in_turns(Give give, Take take, Answer answer, Wait wait) {
  both(
      [&] {
        ++plain;
        give();
        expect(wait());
      },
      [&] {
        if (!take()) std::_Exit(3);
        ++plain;
        answer();
      });
}

void with_mutex() {
  auto guard = mutex::create();
  both([&] {
    const std::scoped_lock lock(guard);
    ++plain;
  });
}

void with_timed_mutex() {
  auto guard = mutex::create();
  auto other = guard.duplicate();
  const auto work = [](mutex& one) {
    return [&one] {
      while (!one.try_lock()) {
      }
      const bool again = one.try_lock_for(1s);  // once more
      ++plain;
      if (again) one.unlock();
      one.unlock();
    };
  };
  both(work(guard), work(other));
}

template <reset_mode Mode>
void with_events() {
  auto ping = event::create({.mode = Mode});
  auto pong = event::create({.mode = Mode});
  const auto came = [](event& one) {
    const bool signaled = got(one.wait_for(patience));
    if (Mode == reset_mode::manual) one.reset();
    return signaled;
  };
  in_turns([&] { ping.set(); }, [&] { return came(ping); }, [&] { pong.set(); },
           [&] { return came(pong); });
}

void with_semaphores() {
  auto ping = semaphore::create();
  auto pong = semaphore::create();
  in_turns([&] { ping.release(); }, [&] { return ping.try_acquire_for(patience); },
           [&] { pong.release(); },
           [&] {
             pong.acquire();
             return true;
           });
}

void with_timers() {
  auto ping = timer::create();
  auto pong = timer::create();
  in_turns([&] { ping.arm(0s); }, [&] { return got(ping.wait_for(patience)); },
           [&] { pong.arm(1us); }, [&] { return got(pong.wait_for(patience)); });
}

void with_wait_any() {
  auto never = event::create();
  auto ping = event::create();
  auto pong = semaphore::create();
  in_turns([&] { ping.set(); },
           [&] {
             return isthmus::wait_any_for({never, ping}, patience).index == 1;
           },
           [&] { pong.release(); },
           [&] {
             return isthmus::wait_any_for({never, pong}, patience).index == 1;
           });
}

void with_wait_all() {
  auto open = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto guard = mutex::create();
  auto permits = semaphore::create({.initial = 1, .maximum = 1});
  both([&] {
    if (!got(isthmus::wait_all_for({open, permits, guard}, patience).status)) std::_Exit(3);
    ++plain;
    guard.unlock();
    permits.release();
  });
}

void with_signal_and_wait() {
  auto ping = event::create();
  auto pong = event::create();
  both(
      [&] {
        ++plain;
        if (!got(isthmus::signal_and_wait_for(ping, pong, patience))) std::_Exit(3);
      },
      [&] {
        if (!got(ping.wait_for(patience))) std::_Exit(3);
        ++plain;
        pong.set();
      });
}

/// Which the sanitizer must see, or the others would show nothing.
void without() {
  both([] { ++plain; });
}

/// Each has a mutex of its own.
void with_another_mutex() {
  auto first = mutex::create();
  auto second = mutex::create();
  const auto work = [](mutex& one) {
    return [&one] {
      const std::scoped_lock lock(one);
      ++plain;
    };
  };
  both(work(first), work(second));
}

struct named_case {
  std::string_view name;
  void (*run)();
};
constexpr named_case cases[] = {
    {"mutex", with_mutex},
    {"timed mutex", with_timed_mutex},
    {"automatic events", with_events<reset_mode::automatic>},
    {"manual events", with_events<reset_mode::manual>},
    {"semaphores", with_semaphores},
    {"timers", with_timers},
    {"wait_any", with_wait_any},
    {"wait_all", with_wait_all},
    {"signal_and_wait", with_signal_and_wait},
    {"race: nothing", without},
    {"race: another mutex", with_another_mutex},
};

}  // namespace

int main(int count, char** arguments) {
  for (const auto& one : cases) {
    if (count < 2) std::printf("%s\n", one.name.data());
    if (count < 2 || one.name != arguments[1]) continue;
    one.run();
    return in_time && plain > 0 ? 0 : 3;
  }
  return count < 2 ? 0 : 2;
}
