// SPDX-License-Identifier: MIT
//
// Where /proc is not mounted: what works all the same, and what those errors say that remain. The
// library is used in children only, each in a mount namespace of its own: directories that were
// opened in another one are on other mounts, and nothing can be linked from one to the other.
#include "other_user.hpp"
#include "runtime.hpp"

#include "posix/names/lifetime.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::access;
using isthmus::channel;
using isthmus::errc;
using isthmus::section;

namespace {

/// This process sees no /proc any more.
bool hide_proc() {
  struct stat info {};
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/proc", "tmpfs", 0, nullptr) == 0 && ::stat("/proc/self", &info) != 0 &&
         errno == ENOENT;
}

/// As it was before Linux 6.10 without a privilege: a file without a name gets one by /proc only.
bool be_an_older_kernel() {
  constexpr std::uint32_t flags_of_linkat = offsetof(seccomp_data, args) +
                                            4 * sizeof(std::uint64_t) +
                                            (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
  std::array<sock_filter, 6> steps{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags_of_linkat),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, AT_EMPTY_PATH, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOENT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog program{steps.size(), steps.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// The work without /proc: by root, by another user, and by that one with an older kernel.
void without_proc(const std::function<int()>& work) {
  if (in_child([] { return hide_proc() ? 1 : 0; }) == 0) SKIP("only root can hide /proc");
  const open_runtime for_others;
  CHECK(in_child([&] { return hide_proc() ? work() : 90; }) == 0);
  CHECK(in_child([&] { return hide_proc() ? as_user(alice, work)() : 90; }) == 0);
  CHECK(in_child([&] {
          return hide_proc() ? as_user(alice, [&] { return be_an_older_kernel() ? work() : 91; })()
                             : 90;
        }) == 0);
}

/// Whether the error is one that says what is needed.
bool asks_for_proc(const std::function<void()>& call) {
  const auto problem = support::thrown_by(call);
  return problem.code == errc::not_supported &&
         problem.text.find("/proc is not mounted; it is needed to ") != std::string::npos;
}

template <class T>
bool is_there(const std::string& name) {
  std::error_code ec;
  return static_cast<bool>(T::open(support::kind<T>::open(name), ec));
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("without /proc objects have names all the same", "[proc][NAME-18][LIFE-01]",
                        support::kinds) {
  using kind = support::kind<TestType>;
  for (const bool global_name : {false, true}) {
    if (global_name && !isthmus::detail::global_names) continue;
    const auto name = global_name ? global("plain") : support::unique_name("plain");
    CAPTURE(name);
    without_proc([&] {
      auto made = TestType::create(kind::create(name));
      auto opened = TestType::open(kind::open(name));
      if (!kind::same(made, opened)) return 1;
      auto narrow = TestType::open(kind::open(name, kind::narrow));
      if (narrow.access() != kind::narrow) return 2;
      std::error_code ec;
      (void)TestType::create(kind::create(name), ec);
      if (ec != errc::already_exists) return 3;
      made.close();
      opened.close();
      if (!is_there<TestType>(name)) return 4;
      narrow.close();
      return is_there<TestType>(name) ? 5 : 0;
    });
  }
}

TEST_CASE("without /proc a maker of a global name that was killed leaves nothing that stays",
          "[proc][LIFE-03]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  const auto name = global("killed");
  without_proc([&] {
    { const auto first = section::create({.name = name, .size = 4096, .permissions = everyone}); }
    // What a maker leaves that was killed before its object had a name.
    const auto stem = "isthmus-t." + std::to_string(::geteuid()) + ".";
    const auto left = runtime() / (stem + "0123456789abcdef");
    const int fd = ::open(left.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ::ftruncate(fd, 8192) != 0) return 1;
    ::close(fd);
    (void)isthmus::clean(isthmus::scope::global);
    for (const auto& entry : entries(runtime()))
      if (entry.starts_with(stem)) return 2;
    return 0;
  });
}

TEMPLATE_LIST_TEST_CASE("without /proc an object without a name can be used and sent",
                        "[proc][DUP-01][DUP-02][DUP-07]", support::kinds) {
  using kind = support::kind<TestType>;
  without_proc([] {
    auto object = TestType::create(kind::create());
    auto other = object.duplicate();
    if (!kind::same(object, other)) return 1;
    auto narrow = object.duplicate(kind::narrow);
    if (narrow.access() != kind::narrow) return 2;
    auto ends = channel::pair();
    auto& mine = ends.first;  // a lambda cannot capture a structured binding everywhere
    auto& theirs = ends.second;
    mine.send(object, "whole");
    auto got = theirs.receive(support::patience()).object.template take<TestType>();
    if (!kind::same(object, got)) return 3;
    const auto send_narrow = [&] { mine.send({object, kind::narrow}, "narrow"); };
    if constexpr (std::is_same_v<TestType, section>) {
      if (!asks_for_proc(send_narrow)) return 4;
      if (!asks_for_proc([&] { mine.send(narrow, "narrow"); })) return 5;
      std::error_code ec;
      (void)isthmus::view::map(narrow, {}, ec);
      return ec == errc::access_denied ? 0 : 6;
    } else {
      send_narrow();
      return theirs.receive(support::patience()).object.access() == kind::narrow ? 0 : 7;
    }
  });
}

TEST_CASE("without /proc sections of files have names, and can be sent", "[proc][SEC-05]") {
  const auto path = runtime() / support::unique_name("bytes");
  support::write_file(path, "some bytes");
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  const auto name = support::unique_name("file");
  const auto both = access::read | access::write;
  without_proc([&] {
    const auto made = section::from_file(path, {.name = name, .access = both});
    if (section::open({.name = name}).size() != made.size()) return 1;
    const auto unnamed = section::from_file(path, {.access = both});
    auto ends = channel::pair();
    auto& mine = ends.first;
    auto& theirs = ends.second;
    mine.send(unnamed, "");
    if (theirs.receive(support::patience()).object.take<section>().size() != made.size()) return 2;
    return asks_for_proc([&] { mine.send({unnamed, access::read}, ""); }) ? 0 : 3;
  });
  std::filesystem::remove(path);
}

CHILD(gets_all_without_proc) {
  auto memory = isthmus::inherited<section>("memory");
  auto ready = isthmus::inherited<isthmus::event>("ready");
  if (isthmus::view::map(memory).as<int>() != 4711) return 1;
  ready.set();
  // At once: without /proc a leak checker, where there is one, reports its own failure instead.
  std::_Exit(io.arguments().empty() ? 0 : 2);
}

TEST_CASE("without /proc a started program inherits", "[proc][INH-03]") {
  without_proc([] {
    const auto memory = section::create({.size = 4096});
    isthmus::view::map(memory).as<int>() = 4711;
    auto ready = isthmus::event::create();
    auto started =
        isthmus::process::start({.program = support::child_program(),
                                 .arguments = {support::child_argument("gets_all_without_proc")},
                                 .inherit = {{"memory", memory}, {"ready", ready}}});
    if (started.wait_for(support::patience()) != isthmus::wait_status::signaled) return 10;
    if (started.exit_code() != 0) return 20 + started.exit_code().value_or(9);
    return ready.wait_for(0ms) == isthmus::wait_status::signaled ? 0 : 11;
  });
}

TEST_CASE("without /proc listeners are found, and who an object's maker was is told",
          "[proc][DUP-07]") {
  const auto name = support::unique_name("door");
  without_proc([&] {
    auto guard = isthmus::mutex::create({.name = name});
    if (!guard.try_lock_for(support::patience())) return 97;
    auto door = isthmus::listener::create({.name = name});
    auto caller = channel::connect({.name = name});
    auto host = door.accept(support::patience());
    caller.send("hello");
    if (host.receive(support::patience()).message != "hello") return 1;
    const auto seen = isthmus::inspect(name);
    return seen.creator && seen.creator->user == std::to_string(::geteuid()) ? 0 : 2;
  });
}
