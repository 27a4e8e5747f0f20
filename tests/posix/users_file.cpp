// SPDX-License-Identifier: MIT
//
// Sections of files that another user names: what is opened is that user's own file or nothing.
#include "denied.hpp"
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "shown_file.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace white;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;
using namespace std::chrono_literals;

namespace {

/// What root gets when it opens the section: the file's first byte, or why not.
constexpr int refused_untrusted = 1;
constexpr int refused_changed = 2;
constexpr int refused_otherwise = 3;
int root_gets(const std::string& name, const std::function<void()>& first = {}) {
  return in_child([&] {
    if (first) first();
    for (const auto rights : {access::read, access::read | access::write}) {
      std::error_code ec;
      const auto opened = section::open({.name = name, .access = rights}, ec);
      if (ec == errc::untrusted) return refused_untrusted;
      if (ec == errc::file_changed) return refused_changed;
      if (ec) return refused_otherwise;
      if (rights == access::read)
        if (const_view::map(opened).as<char>() != 'a') return int{'S'};
    }
    return int{'a'};
  });
}

// What the hook below does, in the child that sets it.
const shown_file* flipped = nullptr;

void flip(step where) {
  if (where != step::open_file_pinned) return;
  std::filesystem::rename(flipped->file, flipped->hers / "away");
  std::filesystem::create_symlink(flipped->secret, flipped->file);
}

}  // namespace

TEST_CASE("root opens the file of another user's section, and its own never in its place",
          "[users][ACL-08][ACL-13]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  SECTION("as it is") {
    const shown_file shown;
    CHECK(root_gets(shown.name) == 'a');
  }
  SECTION("a symbolic link in the file's place") {
    const shown_file shown;
    shown.forge(shown.secret);
    std::filesystem::rename(shown.file, shown.hers / "away");
    std::filesystem::create_symlink(shown.secret, shown.file);
    CHECK(root_gets(shown.name) == refused_changed);
  }
  SECTION("a symbolic link in the place of its folder") {
    const shown_file shown;
    shown.forge(shown.secret);
    std::filesystem::create_directory(shown.folder / "roots");
    std::filesystem::rename(shown.secret, shown.folder / "roots" / "file");
    std::filesystem::rename(shown.hers, shown.folder / "away");
    std::filesystem::create_directory_symlink(shown.folder / "roots", shown.hers);
    CHECK(root_gets(shown.name) == refused_changed);
  }
  SECTION("a hard link in the file's place") {
    const shown_file shown;
    shown.forge(shown.secret);
    std::filesystem::remove(shown.file);
    std::filesystem::create_hard_link(shown.secret, shown.file);
    CHECK(root_gets(shown.name) == refused_untrusted);
  }
  SECTION("hers in its place, but root's is what she says that it is") {
    const shown_file shown;
    shown.forge(shown.secret);
    CHECK(root_gets(shown.name) == refused_changed);
  }
  SECTION("a link that comes after the look") {
    const shown_file shown;
    CHECK(root_gets(shown.name, [&] {
            flipped = &shown;
            isthmus::seam::hook = flip;
          }) == 'a');
  }
}

TEST_CASE("a kernel without openat2 opens links in the place of a user's file no more than others",
          "[users][ACL-08][ACL-13]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  for (const int error : {ENOSYS, EPERM}) {
    CAPTURE(error);
    const auto without = [error] { REQUIRE(deny(SYS_openat2, error)); };
    const shown_file shown;
    CHECK(root_gets(shown.name, without) == 'a');
    shown.forge(shown.secret);
    std::filesystem::rename(shown.file, shown.hers / "away");
    std::filesystem::create_symlink(shown.secret, shown.file);
    CHECK(root_gets(shown.name, without) == refused_changed);
    std::filesystem::remove(shown.file);
    std::filesystem::rename(shown.hers, shown.folder / "elsewhere");
    std::filesystem::create_directory(shown.folder / "roots");
    std::filesystem::rename(shown.secret, shown.folder / "roots" / "file");
    std::filesystem::create_directory_symlink(shown.folder / "roots", shown.hers);
    const int got = root_gets(shown.name, without);
    CHECK((got == refused_changed || got == refused_untrusted));
  }
}

TEST_CASE("root writes into no file of its own, however a user flips links while it opens",
          "[users][ACL-08][ACL-13]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const shown_file shown;
  shown.forge(shown.secret);
  shared<std::atomic<bool>> over;
  const auto link = shown.hers / "link";
  const auto away = shown.hers / "away";
  forked flipper(as_user(alice, [&] {
    std::filesystem::create_symlink(shown.secret, link);
    while (!over->load()) {
      std::filesystem::rename(shown.file, away);
      std::filesystem::rename(link, shown.file);
      std::filesystem::rename(shown.file, link);
      std::filesystem::rename(away, shown.file);
    }
    return 0;
  }));
  const auto end = support::clock::now() + 4s;
  int opened = 0;
  int tries = 0;
  for (; tries < 1000 && support::clock::now() < end; ++tries) {
    std::error_code ec;
    const auto wish = access::read | access::write;
    const auto seen = section::open({.name = shown.name, .access = wish}, ec);
    if (ec) continue;
    ++opened;
    view::map(seen).as<char>() = 'X';
  }
  *over = true;
  CHECK(flipper.ended() == 0);
  CAPTURE(tries, opened);
  CHECK(tries > 20);
  CHECK(support::read_file(shown.secret) == std::string(8192, 'S'));
}

TEST_CASE("nothing but a plain file is opened where another user's section has its file",
          "[users][ACL-13]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const shown_file shown;
  std::filesystem::remove(shown.file);
  REQUIRE(::mkfifo(shown.file.c_str(), 0666) == 0);
  // Who opens a FIFO for writing waits until somebody opens it for reading: so an opening shows.
  shared<std::atomic<bool>> opened;
  forked writer([&] {
    const int fd = ::open(shown.file.c_str(), O_WRONLY | O_CLOEXEC);
    *opened = fd >= 0;
    return 0;
  });
  CHECK(root_gets(shown.name) == 'a');  // by alice's own descriptor
  shown.forge(shown.secret);
  CHECK(root_gets(shown.name) == refused_changed);
  REQUIRE(::chown(shown.file.c_str(), alice, alice) == 0);
  shown.forge(shown.file);
  CHECK(root_gets(shown.name) == refused_changed);
  // Longer would prove more, and never less: it must not come at all.
  std::this_thread::sleep_for(support::moment);
  CHECK_FALSE(opened->load());
  writer.kill();
  std::filesystem::remove(shown.file);
  if (::mknod(shown.file.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) return;  // not in all jails
  REQUIRE(::chown(shown.file.c_str(), alice, alice) == 0);
  shown.forge(shown.file);
  CHECK(root_gets(shown.name) == refused_changed);
}

TEST_CASE("a section whose file has been moved is root's to open, and another user is told why not",
          "[users][ACL-08][SEC-26]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const shown_file shown;
  // bob has it open already, and goes on.
  shared<stages> stage;
  forked bob_before(as_user(bob, [&] {
    const auto held = section::open({.name = shown.name, .access = access::read});
    stage->say(0);
    stage->wait_for(1);
    const auto again = section::open({.name = shown.name, .access = access::read});
    return const_view::map(again).as<char>() == 'a' &&
                   const_view::map(held.duplicate()).as<char>() == 'a'
               ? 0
               : 1;
  }));
  REQUIRE(stage->comes(0));
  std::filesystem::rename(shown.file, shown.hers / "moved");
  stage->say(1);
  CHECK(bob_before.ended() == 0);
  CHECK(root_gets(shown.name) == 'a');
  CHECK(in_child(as_user(bob, [&] {
          const auto problem = support::thrown_by(
              [&] { (void)section::open({.name = shown.name, .access = access::read}); });
          if (problem.code != errc::file_changed) return 1;
          return problem.text.find(shown.file.native()) != std::string::npos &&
                         problem.text.find("renamed or removed") != std::string::npos
                     ? 0
                     : 2;
        })) == 0);
}
