// SPDX-License-Identifier: MIT
//
// Locks and marks that the system refuses: what it says is reported, and not that the object is
// damaged.
#include "failing_calls.hpp"
#include "forked.hpp"
#include "runtime.hpp"
#include "stale.hpp"

#include "posix/names/lifetime.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

#include <fcntl.h>

using namespace std::chrono_literals;
using namespace white;
using isthmus::errc;
using isthmus::section;
using support::of;

namespace {

bool says(const std::function<void()>& call, errc wanted, std::string_view word) {
  const auto problem = support::thrown_by(call);
  const bool good = problem.code == wanted && problem.text.find(word) != std::string::npos;
  if (!good) std::fprintf(stderr, "'%s'\n", problem.text.c_str());
  return good;
}

}  // namespace

#ifdef F_OFD_SETLK
TEST_CASE("a system without locks left says so, and calls no object damaged", "[failing]") {
  if (isthmus::detail::bytes_apart) SKIP("this build locks by flock");
  const auto name = support::unique_name("failing");
  shared<std::array<std::atomic<bool>, 2>> told;
  forked holder([&] {
    const auto made = section::create(of(name));
    (*told)[0] = true;
    await([&] { return (*told)[1].load(); });
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*told)[0].load(); }));
  CHECK(in_child([&] {
          const failing_fcntl here(F_OFD_GETLK, ENOLCK);
          const auto open = [&] { (void)section::open({.name = name}); };
          if (!says(open, errc::limit_exceeded, "no lock left")) return 1;
          const auto report = isthmus::inspect(name);
          return report.problem.find("no lock left") != std::string::npos ? 0 : 2;
        }) == 0);
  (*told)[1] = true;
  CHECK(holder.ended() == 0);
  CHECK(anchors().empty());
}

TEST_CASE("a system without such locks says which it needs, and nothing is left", "[failing]") {
  if (isthmus::detail::bytes_apart) SKIP("this build locks by flock");
  const auto name = support::unique_name("failing");
  CHECK(in_child([&] {
          const failing_fcntl here(F_OFD_SETLK, EINVAL);
          const auto make = [&] { (void)section::create(of(name)); };
          if (!says(make, errc::not_supported, "locks of open descriptions")) return 1;
          const auto listen = [&] { (void)isthmus::listener::create({.name = name}); };
          return says(listen, errc::not_supported, "locks of open descriptions") ? 0 : 2;
        }) == 0);
  CHECK((anchors().empty() || anchors().front() == "c"));
}

TEST_CASE("a dead object that cannot be claimed is the system's error", "[failing]") {
  if (isthmus::detail::bytes_apart) SKIP("this build locks by flock");
  const auto name = support::unique_name("failing");
  REQUIRE(leave_stale(name));
  CHECK(in_child([&] {
          const failing_fcntl here(F_OFD_SETLK, ENOLCK);
          return says([&] { (void)section::open({.name = name}); }, errc::limit_exceeded,
                      "no lock left")
                     ? 0
                     : 1;
        }) == 0);
  CHECK(in_child([&] { return section::create(of(name)).created() ? 0 : 1; }) == 0);
}
#endif

TEST_CASE("the thread that watches processes needs no mark on its pipe", "[failing]") {
  CHECK(in_child([] {
          const failing_fcntl here(F_SETFL, EINVAL);
          auto first = isthmus::process::start({.program = "/bin/sleep", .arguments = {"100"}});
          auto second = isthmus::process::start({.program = "/bin/true"});
          if (isthmus::wait_any_for({first, second}, support::patience()).index != 1) return 1;
          auto third = isthmus::process::start({.program = "/bin/true"});
          if (isthmus::wait_any_for({first, third}, support::patience()).index != 1) return 2;
          first.terminate();
          return isthmus::wait_any_for({first}, support::patience()).index == 0 ? 0 : 3;
        }) == 0);
}
