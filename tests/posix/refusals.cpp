// SPDX-License-Identifier: MIT
//
// Places where nothing can be made: each is an error that names the place and says what to do. They
// are mounted where only the children of the test see them.
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "posix/names/lifetime.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/sections.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::errc;
using isthmus::scope;
using isthmus::section;

namespace {

constexpr int forbidden = 96;
constexpr const char* variable = "ISTHMUS_RUNTIME_DIR";

bool private_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_memory(const std::string& place, unsigned long flags, const char* options) {
  return ::mount("isthmus", place.c_str(), "tmpfs", flags, options) == 0;
}

/// A place, what is wrong with it, and what that is to be called.
struct bad_place {
  const char* what;
  std::function<bool(const std::string& place)> spoil;  ///< false: this user may not do that
  bool as_another = false;                              ///< of those who use it
  errc session;
  std::optional<errc> global;  ///< absent: it is good enough for these
  std::vector<std::string_view> words;
};

std::vector<bad_place> bad_places() {
  return {
      {"missing",
       [](auto& place) { return ::rmdir(place.c_str()) == 0; },
       false,
       errc::not_found,
       errc::not_found,
       {"does not exist", "ISTHMUS_RUNTIME_DIR"}},
      {"a file",
       [](auto& place) {
         std::filesystem::remove(place);
         support::write_file(place, "a file");
         return true;
       },
       false,
       errc::not_found,
       errc::not_found,
       {"is not a directory", "ISTHMUS_RUNTIME_DIR"}},
      {"closed to this user",
       [](auto& place) { return ::chmod(place.c_str(), 0700) == 0; },
       true,
       errc::access_denied,
       errc::access_denied,
       {"user 65001", "owner 0, mode 0700", "ISTHMUS_RUNTIME_DIR"}},
      {"not to be written in by this user",
       [](auto& place) { return ::chmod(place.c_str(), 0755) == 0; },
       true,
       errc::access_denied,
       errc::access_denied,
       {"user 65001", "owner 0, mode 0755", "ISTHMUS_RUNTIME_DIR"}},
      {"read-only",
       [](auto& place) { return private_mounts() && mount_memory(place, MS_RDONLY, "mode=1777"); },
       false,
       errc::access_denied,
       errc::access_denied,
       {"read-only", "mount it writable", "ISTHMUS_RUNTIME_DIR"}},
      {"without inodes",
       [](auto& place) {
         return private_mounts() && mount_memory(place, 0, "mode=1777,nr_inodes=1");
       },
       false,
       errc::no_space,
       errc::no_space,
       {"all of its 1 inodes", "nr_inodes"}},
  };
}

/// Runs `work` in a child that is to use a bad place.
int in_bad_place(const bad_place& place, const std::function<int()>& work) {
  const private_runtime base;
  const std::string path = (base.path() / "place").string();
  REQUIRE(::chmod(base.path().c_str(), 0755) == 0);
  REQUIRE(::mkdir(path.c_str(), 0777) == 0);
  ::setenv(variable, path.c_str(), 1);
  return in_child([&] {
    if (!place.spoil(path)) return forbidden;
    return place.as_another ? as_user(alice, work)() : work();
  });
}

/// Whether that is the error, with these words in its message, and its place.
bool is_said(const std::function<void()>& call, errc wanted,
             const std::vector<std::string_view>& words) {
  const auto problem = support::thrown_by(call);
  bool good =
      problem.code == wanted && problem.text.find(std::getenv(variable)) != std::string::npos;
  for (const auto word : words) good = good && problem.text.find(word) != std::string::npos;
  if (!good) std::fprintf(stderr, "'%s'\n", problem.text.c_str());
  return good;
}

}  // namespace

TEST_CASE("a place where no session can be is an error that says what to do", "[refusal]") {
  for (const bad_place& place : bad_places()) {
    INFO(place.what);
    if (place.as_another && !plays_users()) continue;
    const int code = in_bad_place(place, [&] {
      const std::array<std::function<void()>, 5> calls{
          [] { (void)section::create({.name = "x", .size = 1}); },
          [] { (void)section::open({.name = "x"}); },
          [] { (void)isthmus::mutex::create({.name = "x", .initially_owned = true}); },
          [] { (void)isthmus::listener::create({.name = "x"}); },
          [] { (void)isthmus::inspect_all(); }};
      for (std::size_t i = 0; i < calls.size(); ++i)
        if (!is_said(calls[i], place.session, place.words)) return static_cast<int>(i) + 1;
      const auto report = isthmus::inspect_system().session;
      return report.problem.find(place.words.front()) != std::string::npos ? 0 : 90;
    });
    if (code != forbidden) CHECK(code == 0);
  }
}

TEST_CASE("a place where no global name can be is an error that says what to do", "[refusal]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  for (const bad_place& place : bad_places()) {
    INFO(place.what);
    if (place.as_another && !plays_users()) continue;
    const int code = in_bad_place(place, [&] {
      const auto make = [] {
        (void)section::create({.name = "x", .size = 1, .scope = scope::global});
      };
      return is_said(make, *place.global, place.words) ? 0 : 1;
    });
    if (code != forbidden) CHECK(code == 0);
  }
}

TEST_CASE("what a lock needs and cannot have is what a global mutex reports", "[refusal]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  // The session, where the process's record would be, cannot be trusted; nothing else is wrong.
  const private_runtime base;
  std::filesystem::create_directory(session_in(base.path()));
  REQUIRE(::chmod(session_in(base.path()).c_str(), 0777) == 0);
  CHECK(in_child([&] {
          own_with_records();
          const auto name = session_in(base.path()).string();
          for (const bool owned : {true, false}) {
            const auto problem = support::thrown_by([&] {
              auto guard = isthmus::mutex::create({.name = "Global\\x", .initially_owned = owned});
              if (owned) guard.unlock();
              (void)lock_with_record(guard);
            });
            if (problem.code != errc::untrusted) return owned ? 1 : 2;
            if (problem.text.find(name + " is open to other users") == std::string::npos) return 3;
          }
          return 0;
        }) == 0);
}

TEST_CASE("a file system without programs is as good as any", "[refusal]") {
  const private_runtime base;
  const int code = in_child([&] {
    if (!private_mounts() || !mount_memory(base.path().string(), MS_NOEXEC, "mode=1777"))
      return forbidden;
    (void)section::create({.name = "x", .size = 1});
    (void)isthmus::mutex::create({.name = "y", .initially_owned = true});
    return 0;
  });
  if (code == forbidden) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("inodes that run out are told apart from bytes, wherever that happens", "[refusal]") {
  const private_runtime base;
  const int code = in_child([&] {
    if (!private_mounts() || !mount_memory(base.path().string(), 0, "mode=1777,nr_inodes=12"))
      return forbidden;
    std::vector<section> all;
    const auto fill = [&] {
      for (;;) all.push_back(section::create({.name = std::to_string(all.size()), .size = 1}));
    };
    if (!is_said(fill, errc::no_space, {"inodes", "isthmus clean"})) return 1;
    if (all.empty()) return 2;
    auto guard = isthmus::mutex::create();
    if (!is_said([&] { (void)lock_with_record(guard); }, errc::no_space, {"inodes"})) return 3;
    if (!is_said([] { (void)isthmus::listener::create({.name = "x"}); }, errc::no_space,
                 {"inodes"}))
      return 4;
    return 0;
  });
  if (code == forbidden) SKIP("this user may not mount file systems");
  CHECK(code == 0);
}

TEST_CASE("a relative runtime directory is refused, for it would be another one everywhere",
          "[refusal]") {
  const private_runtime base;
  std::filesystem::create_directory(base.path() / "relative");
  CHECK(in_child([&] {
          std::filesystem::current_path(base.path());
          ::setenv(variable, "relative", 1);
          const auto make = [] { (void)section::create({.name = "x", .size = 1}); };
          return is_said(make, errc::invalid_argument, {"absolute path"}) ? 0 : 1;
        }) == 0);
}
