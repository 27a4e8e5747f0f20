// SPDX-License-Identifier: MIT
//
// Allocations that fail, each in turn: a form with an error_code reports not_enough_memory, nothing
// ends the program, whatever is held can be let go, and nothing stays behind.
#include "failing_calls.hpp"
#include "forked.hpp"
#include "runtime.hpp"
#include "states.hpp"
#include "usages.hpp"

#include "posix/names/lifetime.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace white;

namespace {

constexpr int none_failed = 80;

/// In a child, with the n-th allocation failing, and with it all others if it is to be so. What the
/// library makes once in a process is made before, or not.
int use_with_failure(const usage& one, bool global, bool warm, bool forever, std::int64_t n) {
  return in_child([&] {
    judge told;
    (void)harmless_program();
    if (warm) one.use(told, global);
    const auto failed = [&] {
      if (forever) {
        const no_memory_after here(n);
        one.use(told, global);
        return no_memory_after::failed();
      }
      const one_failed_allocation here(n);
      one.use(told, global);
      return no_memory_after::failed();
    }();
    if (!told.fair()) {
      std::fprintf(stderr, "%s: %s\n", one.what, told.bad().message().c_str());
      return 1;
    }
    return failed == 0 ? none_failed : 0;
  });
}

/// The names that a use has left.
std::string what_is_left(bool global) {
  std::string left;
  for (const std::string& name : global ? entries(runtime()) : anchors())
    if (global ? name.starts_with("isthmus.") : name != "c") left += name + ' ';
  return left;
}

}  // namespace

TEST_CASE("any one allocation may fail in any operation, and all after it", "[without_memory]") {
  int injected = 0;
  for (const usage& one : usages)
    for (const bool global : {false, true}) {
      if (global && (!one.in_global_too || !isthmus::detail::global_names)) continue;
      for (const bool warm : {false, true})
        for (const bool forever : {false, true}) {
          INFO(one.what << (global ? ", global" : "") << (warm ? ", again" : "")
                        << (forever ? ", all from the n-th on" : ""));
          int code = 0;
          for (std::int64_t n = 0; code == 0 && n < 400; ++n) {
            INFO("allocation " << n);
            code = use_with_failure(one, global, warm, forever, n);
            CHECK((code == 0 || code == none_failed));
            INFO(what_is_left(global));
            CHECK(what_is_left(global).empty());
            ++injected;
          }
          CHECK(code == none_failed);  // and so all of them have been tried
        }
    }
  std::printf("%d failed allocations were injected\n", injected);
  CHECK(injected > 500);
}

TEST_CASE("the ends of processes among other objects are seen without memory", "[without_memory]") {
  CHECK(in_child(
            [] {
              auto never = isthmus::event::create();
              std::array<isthmus::process, 2> all;
              std::array<std::thread, 2> waiters;
              for (std::size_t i = 0; i < all.size(); ++i) {
                all.at(i) =
                    isthmus::process::start({.program = "/bin/sleep", .arguments = {"100"}});
                waiters.at(i) = std::thread([&one = all.at(i), &never] {
                  (void)isthmus::wait_any_for({one, never}, support::patience());
                });
              }
              if (!page_of(never).has_waiting(2)) return 1;
              const no_memory_after here(0);
              for (std::size_t i = 0; i < all.size(); ++i) {
                all.at(i).terminate();
                waiters.at(i).join();  // then the list of the others would be made anew
              }
              return 0;
            },
            support::scaled(5s)) == 0);
}

TEST_CASE("every kind of handle is closed without memory", "[without_memory]") {
  for (const auto& [global, throwing] :
       {std::pair(false, false), {false, true}, {true, false}, {true, true}}) {
    if (global && !isthmus::detail::global_names) continue;
    INFO((global ? "global" : "session") << (throwing ? ", by exceptions" : ""));
    CHECK(in_child([global = global, throwing = throwing] {
            const std::string name(name_in(global));
            auto section = isthmus::section::create({.name = name + " s", .size = 4096});
            auto read_only = isthmus::section::open({.name = name + " s", .access = access::read});
            auto view = isthmus::view::map(section);
            auto reserved = isthmus::section::create({.size = 1 << 20, .reserve = true});
            auto part = isthmus::view::map(reserved);
            auto mutex = isthmus::mutex::create({.name = name + " m", .initially_owned = true});
            auto other = mutex.duplicate();
            auto semaphore =
                isthmus::semaphore::create({.name = name + " p", .initial = 0, .maximum = 1});
            auto event = isthmus::event::create({.name = name + " e"});
            auto timer = isthmus::timer::create({.name = name + " t"});
            timer.arm(1h);
            auto listener = isthmus::listener::create({.name = session_name});
            auto channel = isthmus::channel::connect({.name = session_name});
            auto waited =
                isthmus::process::start({.program = "/bin/sh", .arguments = {"-c", "exit"}});
            auto running = isthmus::process::start({.program = "/bin/sleep", .arguments = {"100"}});
            std::error_code ec;
            const auto close = [&](auto& object) { throwing ? object.close() : object.close(ec); };
            const no_memory_after here(0);
            throwing ? mutex.unlock() : mutex.unlock(ec);
            throwing ? running.terminate() : running.terminate(ec);
            if (ec) return 1;
            throwing ? view.unmap() : view.unmap(ec);
            throwing ? part.unmap() : part.unmap(ec);
            if (ec) return 2;
            close(section);
            close(read_only);
            close(reserved);
            close(mutex);
            close(other);
            close(semaphore);
            close(event);
            close(timer);
            if (ec) return 3;
            channel.close();
            listener.close();
            close(waited);
            close(running);
            return ec ? 4 : 0;
          }) == 0);
    CHECK(what_is_left(global).empty());
  }
}

TEST_CASE("a fork and the ends of a thread and of a process need no memory", "[without_memory]") {
  CHECK(in_child([] {
          auto mutex = isthmus::mutex::create({.name = session_name});
          mutex.lock();
          const no_memory_after here(0);
          const pid_t child = ::fork();
          if (child == 0) _exit(mutex.abandoned() ? 1 : 0);
          int status = -1;  // as long as it runs it holds the mutex as well
          if (::waitpid(child, &status, 0) != child || status != 0) return 2;  // untimed: it ends
          std::error_code ec;
          mutex.unlock(ec);
          return ec ? 1 : 0;
        }) == 0);
  CHECK(what_is_left(false).empty());
}
