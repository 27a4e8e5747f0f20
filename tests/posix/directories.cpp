// SPDX-License-Identifier: MIT
//
// The session directory: squatted, replaced, opened to others, taken away. Everything happens in
// children, because a process remembers its directory.
#include "forked.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "posix/names/lifetime.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::errc;
using isthmus::section;
using support::of;

namespace {

/// What comes of a create in a child: "" or the error's text; "untrusted: " before one of these.
std::string create_in_child() {
  shared<std::array<char, 512>> text;
  const int code = in_child([&] {
    const auto problem = support::thrown_by([] { (void)section::create(of("probe")); });
    (void)problem.text.copy(text->data(), text->size() - 1);
    return problem.code == errc::untrusted ? 1 : problem.code ? 2 : 0;
  });
  return (code == 1 ? "untrusted: " : code == 0 ? "" : "other: ") + std::string(text->data());
}

/// The only directory of this user's own in a place.
std::filesystem::path own_session_in(const std::filesystem::path& base) {
  std::filesystem::path found;
  for (const auto& name : entries(base)) {
    struct stat info {};
    const auto path = base / name;
    if (!name.starts_with(session_in(base).stem().string() + ".")) continue;
    if (::lstat(path.c_str(), &info) != 0 || info.st_uid != ::geteuid() || !S_ISDIR(info.st_mode))
      continue;
    if (!found.empty()) return {};
    found = path;
  }
  return found;
}

/// Whether a child finds a directory of its own there, or makes one.
bool uses_its_own(const private_runtime& base) {
  return in_child([&] {
           const auto made = section::create(of("probe"));
           return std::filesystem::exists(own_session_in(base.path()) / "=probe") ? 0 : 1;
         }) == 0;
}

}  // namespace

TEST_CASE("a directory that another user has planted is left alone and another is used",
          "[directory]") {
  if (::geteuid() != 0) SKIP("only root can play two users");
  const private_runtime base;
  REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
  const auto squatted = session_in(base.path());
  REQUIRE(::mkdir(squatted.c_str(), 0777) == 0);
  REQUIRE(::chown(squatted.c_str(), 65534, 65534) == 0);
  CHECK(uses_its_own(base));
  CHECK(std::filesystem::is_empty(squatted));
  // Once ours is there, it stays ours when the squatter goes.
  const auto ours = own_session_in(base.path());
  std::filesystem::remove_all(squatted);
  CHECK(uses_its_own(base));
  CHECK(own_session_in(base.path()) == ours);
}

TEST_CASE("an ordinary user is not disturbed by what root has planted", "[directory]") {
  if (::geteuid() != 0) SKIP("only root can play two users");
  const private_runtime base;
  REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
  const std::string stem = std::string(isthmus::detail::directory_prefix) + "65534.";
  REQUIRE(::mkdir((base.path() / (stem + "0")).c_str(), 0700) == 0);
  CHECK(in_child([&] {
          if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 1;
          const auto made = section::create(of("probe"));
          return std::filesystem::exists(own_session_in(base.path()) / "=probe") ? 0 : 2;
        }) == 0);
}

TEST_CASE("neither a link nor a file in the directory's place is followed or touched",
          "[directory]") {
  const private_runtime base;
  const private_runtime elsewhere;
  const auto place = session_in(elsewhere.path());
  std::filesystem::create_directory_symlink(base.path(), place);
  CHECK(uses_its_own(elsewhere));
  CHECK(std::filesystem::is_empty(base.path()));
  std::filesystem::remove_all(own_session_in(elsewhere.path()));
  std::filesystem::remove(place);
  support::write_file(place, "a file");
  CHECK(uses_its_own(elsewhere));
  CHECK(support::read_file(place) == "a file");
  CHECK(entries(elsewhere.path()).size() == 2);
}

TEST_CASE("a directory that is open to others is not trusted, and the message names it",
          "[directory]") {
  const private_runtime base;
  const auto folder = session_in(base.path());
  std::filesystem::create_directory(folder);
  for (const mode_t mode : {0777, 0770, 0705, 0701}) {
    REQUIRE(::chmod(folder.c_str(), mode) == 0);
    const auto answer = create_in_child();
    CHECK(answer.starts_with("untrusted: "));
    CHECK(answer.find(folder.string()) != std::string::npos);
  }
  REQUIRE(::chmod(folder.c_str(), 0700) == 0);
  CHECK(create_in_child().empty());
}

TEST_CASE("a runtime directory that is missing is an error that names it", "[directory]") {
  const private_runtime base;
  const auto missing = base.path() / "missing";
  ::setenv("ISTHMUS_RUNTIME_DIR", missing.c_str(), 1);
  const auto answer = create_in_child();
  CHECK(answer.starts_with("other: "));
  CHECK(answer.find(missing.string()) != std::string::npos);
}

TEST_CASE("what stands where the records should be is an error of lock that names it",
          "[directory]") {
  const private_runtime base;
  REQUIRE(create_in_child().empty());
  const auto place = session_in(base.path()) / "p";
  for (const bool link : {false, true}) {
    std::filesystem::remove(place);
    if (link) {
      std::filesystem::create_symlink("/", place);
    } else {
      support::write_file(place, "");
    }
    CHECK(in_child([&] {
            auto guard = isthmus::mutex::create();
            const auto problem = support::thrown_by([&] { (void)lock_with_record(guard); });
            if (problem.code != errc::untrusted) return 1;
            return problem.text.find(place.string()) != std::string::npos ? 0 : 2;
          }) == 0);
  }
}

TEST_CASE("a directory that was taken away is made anew by the next create", "[directory]") {
  const private_runtime base;
  const auto folder = session_in(base.path());
  CHECK(in_child([&] {
          auto before = section::create(of("before"));
          std::filesystem::remove_all(folder);
          const auto after = section::create(of("after"));
          if (!std::filesystem::exists(folder / "=after")) return 1;
          before.close();
          const auto again = section::create(of("before"));
          return std::filesystem::exists(folder / "=before") ? 0 : 2;
        }) == 0);
}

TEST_CASE("a directory that was taken away and made anew is found by open and lock",
          "[directory]") {
  const private_runtime base;
  const auto folder = session_in(base.path());
  shared<std::array<std::atomic<bool>, 3>> flags;
  forked old([&] {
    section::create(of("before")).close();
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    const auto found = section::open({.name = "after"});
    auto guard = isthmus::mutex::open({.name = "guard"});
    if (guard.try_lock()) return 2;  // its owner lives
    (*flags)[2] = true;
    return guard.try_lock_for(support::scaled(std::chrono::seconds(5))) ? 0 : 3;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  std::filesystem::remove_all(folder);
  forked fresh([&] {
    const auto made = section::create(of("after"));
    auto guard = isthmus::mutex::create({.name = "guard", .initially_owned = true});
    (*flags)[1] = true;
    await([&] { return (*flags)[2].load(); });
    guard.unlock();
    return 0;
  });
  CHECK(old.ended() == 0);
  CHECK(fresh.ended() == 0);
}

TEST_CASE("a thread can lock for the first time after the directory was taken away",
          "[directory]") {
  const private_runtime base;
  CHECK(in_child([&] {
          const auto before = section::create(of("before"));
          auto guard = isthmus::mutex::create();
          std::filesystem::remove_all(session_in(base.path()));
          std::error_code ec;
          guard.lock(ec);
          return ec ? 1 : 0;
        }) == 0);
}
