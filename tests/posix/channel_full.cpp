// SPDX-License-Identifier: MIT
//
// Channels and what is POSIX' own: tables of descriptors that are full, signals, forks.
#include "few_descriptors.hpp"
#include "forked.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <set>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using support::patience;

namespace {

#define NEED(...) \
  if (!(__VA_ARGS__)) return __LINE__ % 90 + 1

}  // namespace

TEST_CASE("a receiver without a descriptor left loses the packet and not the connection",
          "[channel][DUP-07]") {
  for (const int left : {0, 1}) {
    CAPTURE(left);
    CHECK(in_child([left] {
            const auto name = support::unique_name("full");
            auto ends = channel::pair();
            const auto memory = isthmus::section::create({.size = 4096});
            const auto file = isthmus::section::from_file(support::program(), {.name = name});
            if (left == 0) ends.first.send(memory, "one carrier");
            ends.first.send(file, "two carriers");
            ends.first.send("a message alone");
            rlimit limit{};
            ::getrlimit(RLIMIT_NOFILE, &limit);
            const auto before = support::open_handles();
            leave_descriptors(left);
            std::error_code ec;
            if (left == 0) {
              (void)ends.second.receive(patience(), ec);
              NEED(ec == errc::too_many_handles);
            }
            const auto problem = support::thrown_by([&] { (void)ends.second.receive(patience()); });
            NEED(problem.code == errc::too_many_handles);
            NEED(problem.text.find("descriptors") != std::string::npos);
            NEED(ends.second.receive(patience()).message == "a message alone");
            ends.first.send(memory, "no room to send", ec);
            NEED((left == 0) == (ec == errc::too_many_handles));
            set_descriptors(limit.rlim_cur);
            NEED(support::open_handles() == before);
            if (left == 1) (void)ends.second.receive(patience());
            ends.first.send(file, "again");
            auto got = ends.second.receive(patience());
            NEED(got.message == "again" && got.object);
            return 0;
          }) == 0);
  }
}

TEST_CASE("a full table of descriptors is an error of what needs one, and nothing is lost",
          "[channel]") {
  CHECK(in_child([] {
          const auto name = support::unique_name("full");
          auto door = isthmus::listener::create({.name = name});
          auto guest = channel::connect({.name = name});
          rlimit limit{};
          ::getrlimit(RLIMIT_NOFILE, &limit);
          const auto before = support::open_handles();
          std::error_code ec;
          for (int left = 0; left < 3; ++left) {
            leave_descriptors(left);
            if (left == 0) {
              (void)door.accept(patience(), ec);
              NEED(ec == errc::too_many_handles);
            }
            if (left < 2) {
              (void)channel::pair(ec);
              NEED(ec == errc::too_many_handles);
            }
            (void)channel::connect({.name = name}, ec);
            NEED(ec == errc::too_many_handles || left == 2);
            (void)isthmus::listener::create({.name = name + "2"}, ec);
            NEED(ec == errc::too_many_handles);
            set_descriptors(limit.rlim_cur);
            NEED(support::open_handles() == before);
          }
          auto host = door.accept(patience());
          guest.send("waited");
          NEED(host.receive(patience()).message == "waited");
          (void)isthmus::listener::create({.name = name + "2"});
          return 0;
        }) == 0);
}

TEST_CASE("sending to nobody raises no signal", "[channel]") {
  CHECK(in_child([] {
          std::signal(SIGPIPE, SIG_DFL);
          auto ends = channel::pair();
          ends.second.close();
          std::error_code ec;
          ends.first.send("nobody", ec);
          NEED(ec == errc::closed);
          return 0;
        }) == 0);
}

TEST_CASE("signals end no wait of a channel early", "[channel]") {
  CHECK(in_child([] {
          struct sigaction action {};
          action.sa_handler = [](int) {};
          ::sigaction(SIGALRM, &action, nullptr);
          const itimerval often{{0, 2000}, {0, 2000}};
          ::setitimer(ITIMER_REAL, &often, nullptr);
          auto ends = channel::pair();
          auto door = isthmus::listener::create({.name = support::unique_name("signals")});
          NEED(support::time_of([&] {
                 if (ends.first.receive(100ms).status != channel_status::timeout) ::_exit(80);
               }) >= 100ms);
          NEED(support::time_of([&] { (void)door.accept(100ms); }) >= 100ms);
          while (ends.first.send(std::string(1000, 'x'), 0ms)) {
          }
          NEED(support::time_of([&] {
                 if (ends.first.send(std::string(1000, 'x'), 100ms)) ::_exit(81);
               }) >= 100ms);
          return 0;
        }) == 0);
}

TEST_CASE("a fork shares both ends, and the child may use one of them", "[channel]") {
  auto ends = channel::pair();
  const auto memory = isthmus::section::create({.size = 4096});
  forked other([&] {
    ends.first.close();
    while (auto got = ends.second.receive(patience())) {
      if (!got.object) return 3;
      isthmus::view::map(got.object.take<isthmus::section>()).as<int>() = ::getpid();
      ends.second.send("done");
    }
    return 7;
  });
  ends.second.close();
  ends.first.send(memory, "write your number");
  CHECK(ends.first.receive(patience()).message == "done");
  CHECK(isthmus::const_view::map(memory).as<int>() == other.id());
  ends.first.close();
  CHECK(other.ended() == 7);
}

TEST_CASE("all descriptors of channels are closed when a program is started", "[channel]") {
  std::set<int> before;
  for (int fd = 0; fd < 200; ++fd)
    if (::fcntl(fd, F_GETFD) != -1) before.insert(fd);
  auto ends = channel::pair();
  const auto name = support::unique_name("exec");
  auto door = isthmus::listener::create({.name = name});
  auto guest = channel::connect({.name = name});
  auto host = door.accept(patience());
  guest.send(isthmus::section::create({.name = name, .size = 1}), "x");
  auto got = host.receive(patience());
  int ours = 0;
  for (int fd = 0; fd < 200; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags == -1 || before.contains(fd)) continue;
    ++ours;
    CHECK((flags & FD_CLOEXEC) != 0);
  }
  CHECK(ours >= 8);  // two ends, two ends, an object; the listener's socket, anchor and folder
}
