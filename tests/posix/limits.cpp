// SPDX-License-Identifier: MIT
//
// A process that has run into one of its limits.
#include "few_descriptors.hpp"
#include "forked.hpp"
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"
#include "stale.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/sleep.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/threads.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace white;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;
using support::of;

namespace {

/// Runs `call` and shows what it threw; whether that was `wanted` and says all of `words`.
bool says(const std::function<void()>& call, errc wanted,
          std::initializer_list<std::string_view> words) {
  const auto problem = support::thrown_by(call);
  bool good = problem.code == wanted;
  for (const auto word : words) good = good && problem.text.find(word) != std::string::npos;
  if (!good) std::fprintf(stderr, "'%s'\n", problem.text.c_str());
  return good;
}

/// What a limit is called has another type in each C library.
template <class Resource>
void limit(Resource what, rlim_t value) {
  const rlimit one{value, value};
  if (::setrlimit(what, &one) != 0) _exit(child_threw);
}

#define NEED(...) \
  if (!(__VA_ARGS__)) return __LINE__ % 90 + 1

}  // namespace

TEST_CASE("a process without descriptors left is told so, with its limit", "[limits]") {
  for (int left = 0; left < 4; ++left) {
    INFO(left << " descriptors left");
    const auto name = support::unique_name("limit");
    CHECK(in_child([&] {
            auto guard = mutex::create();
            auto kept = section::create(of(name));
            leave_descriptors(left);
            int made = 0;
            std::vector<section> all;
            std::string text;
            for (; made < 10 && text.empty(); ++made) {
              const auto problem = support::thrown_by(
                  [&] { all.push_back(section::create(of(name + std::to_string(made)))); });
              if (problem.code && problem.code != errc::too_many_handles) return 1;
              text = problem.text;
            }
            NEED(made <= left + 1 && text.find("RLIMIT_NOFILE") != std::string::npos);
            // An object may take several at once, and so leave one.
            std::vector<int> rest;
            while ((rest.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC)), rest.back() >= 0)) {
            }
            const auto other = [&] { (void)section::open({.name = name + ".other"}); };
            NEED(says(other, errc::too_many_handles, {"descriptors", "ulimit -n"}));
            const auto unnamed = [&] { (void)section::create({.size = 4096}); };
            NEED(says(unnamed, errc::too_many_handles, {"descriptors"}));
            const auto locks = [&] {
              if (isthmus::detail::portable_engine)  // which has to make a record
                return says([&] { (void)guard.try_lock(); }, errc::too_many_handles,
                            {"descriptors"});
              const bool locked = guard.try_lock();
              guard.unlock();
              return locked;
            };
            NEED(locks());
            NEED(support::in_thread(locks));
            // What costs none works.
            const auto again = kept.duplicate();
            const auto view = isthmus::view::map(again);
            const auto opened = section::open({.name = name});
            all.clear();
            for (const int fd : rest) ::close(fd);
            // A section takes an anchor; and, where its bytes are apart, these and a turn.
            if (left >= (isthmus::detail::bytes_apart ? 3 : 1))
              (void)section::create(of(name + ".late"));
            return 0;
          }) == 0);
    // What failed has left nothing.
    CHECK(anchors().empty());
    CHECK(orphans().empty());
  }
}

TEST_CASE("looks and sweeps that cannot see everything are errors", "[limits]") {
  const auto looks = [](errc wanted, std::initializer_list<std::string_view> words) {
    return says([] { (void)isthmus::inspect_all(); }, wanted, words) &&
           says([] { (void)isthmus::leftovers(); }, wanted, words) &&
           says([] { (void)isthmus::clean(); }, wanted, words);
  };
  const auto name = support::unique_name("limit");
  REQUIRE(leave_stale(name));
  for (const bool listing : {true, false})
    CHECK(in_child([&] {
            std::error_code ec;
            (void)section::open({.name = name + ".absent"}, ec);  // now it knows the directory
            leave_descriptors(listing ? 0 : 1);                   // for the listing, and no more
            if (listing) NEED(looks(errc::too_many_handles, {"RLIMIT_NOFILE"}));
            NEED(says([] { (void)isthmus::leftovers(); }, errc::too_many_handles, {"descriptors"}));
            NEED(says([] { (void)isthmus::clean(); }, errc::too_many_handles, {"descriptors"}));
            return 0;
          }) == 0);
  CHECK(in_child([] { return isthmus::clean().objects == 1 ? 0 : 1; }) == 0);
  if (!plays_users()) return;
  const open_runtime open;
  for (const char* const folder : {"", "/p", "/c"}) {
    INFO("unreadable: " << folder);
    CHECK(in_child(as_user(alice, [&] {
            own_with_records();
            auto guard = mutex::create({.name = "limit", .initially_owned = true});
            (void)lock_with_record(guard);  // now there is one
            const auto place = isthmus::listener::create({.name = "limit"});
            const auto path = session_in(runtime()).string() + folder;
            ::chmod(path.c_str(), 0300);
            bool good = true;
            if (*folder == '\0') good = looks(errc::access_denied, {path, text_of(alice)});
            const auto clean = [] { (void)isthmus::clean(); };
            const auto count = [] { (void)isthmus::leftovers(); };
            good = good && says(clean, errc::access_denied, {text_of(alice), "mode"}) &&
                   says(count, errc::access_denied, {text_of(alice), "mode"});
            ::chmod(path.c_str(), 0700);
            return good ? 0 : 1;
          })) == 0);
  }
}

TEST_CASE("a dead name that is opened to read without descriptors left is no busy one",
          "[limits]") {
  const auto name = support::unique_name("limit");
  REQUIRE(leave_stale(name));
  CHECK(in_child([&] {
          std::error_code ec;
          (void)section::open({.name = name + ".absent"}, ec);  // now it knows the directory
          leave_descriptors(1);
          NEED(says([&] { (void)section::open({.name = name, .access = isthmus::access::read}); },
                    errc::too_many_handles, {"RLIMIT_NOFILE"}));
          return 0;
        }) == 0);
  (void)in_child([&] {
    (void)section::create(of(name));
    return 0;
  });
}

TEST_CASE("a file-size limit is an error with figures and never a signal", "[limits][SEC-19]") {
  CHECK(in_child([] {
          limit(RLIMIT_FSIZE, rlim_t{64} * 1024);
          const auto name = support::unique_name("limit");
          const auto large = [&] { (void)section::create(of(name, 1 << 20)); };
          NEED(says(large, errc::no_space, {"64.0 KiB", "RLIMIT_FSIZE"}));
          const auto unnamed = [&] { (void)section::create({.size = 1 << 20}); };
          NEED(says(unnamed, errc::no_space, {"64.0 KiB"}));
          const auto made = section::create(of(name, std::uint64_t{16} * 1024));
          auto guard = mutex::create();
          if (isthmus::detail::portable_engine) {
            NEED(says([&] { (void)guard.try_lock(); }, errc::no_space, {"RLIMIT_FSIZE"}));
          } else {  // a lock makes no file
            NEED(guard.try_lock());
            guard.unlock();
          }
          return 0;
        }) == 0);
  CHECK(in_child([] {
          limit(RLIMIT_FSIZE, 1000);
          NEED(says([] { (void)mutex::create(); }, errc::no_space, {"RLIMIT_FSIZE"}));
          NEED(says([] { (void)mutex::create({.name = "fsize"}); }, errc::no_space, {}));
          const auto listen = [] { (void)isthmus::listener::create({.name = "fsize"}); };
          NEED(says(listen, errc::no_space, {"RLIMIT_FSIZE"}));
          return 0;
        }) == 0);
  CHECK((anchors().empty() || anchors() == std::vector<std::string>{"c"}));
}

TEST_CASE("a limit that comes when a process has its record does no harm", "[limits]") {
  CHECK(in_child([] {
          auto guard = mutex::create();
          NEED(lock_with_record(guard) == isthmus::wait_status::signaled);
          limit(RLIMIT_FSIZE, 8192);
          for (int i = 0; i < 200; ++i)  // further slots, on further pages
            support::in_thread([] {
              auto own = mutex::create();
              return own.lock();
            });
          NEED(support::in_thread([&] { return !guard.try_lock(); }));
          guard.unlock();
          return 0;
        }) == 0);
}

TEST_CASE("more bytes than any memory has are no space, at once", "[limits][SEC-19]") {
  const auto name = support::unique_name("limit");
  CHECK(
      in_child(
          [&] {
            for (const std::uint64_t size : {std::uint64_t{1} << 46, std::uint64_t{1} << 62}) {
              NEED(says([&] { (void)section::create(of(name, size)); }, errc::no_space, {"free"}) ||
                   size > std::uint64_t{1} << 46);
              NEED(says([&] { (void)section::create(of({}, size)); }, errc::no_space, {}));
            }
            return 0;
          },
          support::scaled(std::chrono::seconds(5))) == 0);
  CHECK(anchors().empty());
}

TEST_CASE("a view without address space left is not_enough_memory", "[limits]") {
  CHECK(in_child([] {
          const auto large = section::create({.size = 256 << 20, .reserve = true});
          rlimit one{};
          ::getrlimit(RLIMIT_AS, &one);
          limit(RLIMIT_AS, 128 << 20);
          NEED(says([&] { (void)isthmus::view::map(large); }, errc::not_enough_memory, {}));
          return 0;
        }) == 0);
}
