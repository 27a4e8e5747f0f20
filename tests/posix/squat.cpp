// SPDX-License-Identifier: MIT
//
// What another user has planted where a global name belongs: a clear error that names it, within a
// second; nothing of it is followed, cut or removed.
#include "squat.hpp"

#include "support/files.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/isthmus.hpp>

#include "posix/names/life_lock.hpp"
#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace white;

namespace {

/// All that alice can do with a name comes to an error that names bob.
int alice_is_told(const std::string& name) {
  return in_child(as_user(alice, [&] {
    for (const auto& who : {isthmus::permissions{}, everyone})
      if (const int code = all_come_to(ways_to_make(prefixed(name), who), names_bob); code != 0)
        return code;
    const int code = all_come_to(ways_to_open(prefixed(name)), names_bob);
    (void)isthmus::clean(isthmus::scope::global);
    return code != 0 ? code + 10 : 0;
  }));
}

std::string content_of_folder(const std::filesystem::path& place) {
  std::string all;
  for (const auto& name : entries(place)) all += name + " ";
  return all;
}

}  // namespace

TEST_CASE("what is no folder in a global name's place is an error that names its owner",
          "[squat][HARD-30][ACL-12]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("planted");
  const auto place = folder_of(name);
  const auto target = runtime() / support::unique_name("target");
  REQUIRE(plant([&] { return ::mkdir(target.c_str(), 0777) == 0; }) == 0);

  REQUIRE(plant([&] { return ::symlink(target.c_str(), place.c_str()) == 0; }) == 0);
  CHECK(alice_is_told(name) == 0);
  CHECK(std::filesystem::is_symlink(place));
  CHECK(entries(target).empty());
  std::filesystem::remove(place);

  REQUIRE(plant([&] { return support::write_file(place, "untouched"), true; }) == 0);
  CHECK(alice_is_told(name) == 0);
  CHECK(support::read_file(place) == "untouched");
  std::filesystem::remove(place);

  REQUIRE(plant([&] { return ::mkfifo(place.c_str(), 0666) == 0; }) == 0);
  CHECK(alice_is_told(name) == 0);
  CHECK(std::filesystem::is_fifo(place));
  std::filesystem::remove(place);
  std::filesystem::remove(target);
}

TEST_CASE("a folder of another user's is used only for an object that all may change",
          "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("folder");
  const auto place = folder_of(name);
  for (const mode_t mode : {0700, 0755, 0750, 0770, 0775, 01777, 0711, 0777}) {
    INFO(std::oct << mode);
    REQUIRE(plant([&] {
              return ::mkdir(place.c_str(), 0700) == 0 && ::chmod(place.c_str(), mode) == 0;
            }) == 0);
    CHECK(in_child(as_user(alice, [&] {
            const std::array narrow{isthmus::permissions{},
                                    isthmus::permissions{.read = isthmus::audience::everyone},
                                    isthmus::permissions{.modify = isthmus::audience::group}};
            for (const auto& who : narrow)
              if (const int code = all_come_to(ways_to_make(prefixed(name), who), names_bob))
                return code;
            return 0;
          })) == 0);
    CHECK(in_child(as_user(alice, [&] {
            std::error_code ec;
            const auto made = section::create(
                {.name = prefixed(name), .size = 4096, .permissions = everyone}, ec);
            return ec == errc::access_denied ? 1 : ec ? 2 : 0;
          })) == (mode == 0777 ? 0 : 1));
    CHECK(std::filesystem::exists(place));
    std::filesystem::remove_all(place);
  }
}

TEST_CASE("what is no object in a folder that all may write in names its owner and is left alone",
          "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("inside");
  const auto place = folder_of(name);
  const auto anchor = place / "a";
  const auto target = runtime() / support::unique_name("target");
  support::write_file(target, "untouched");
  REQUIRE(::chmod(target.c_str(), 0666) == 0);
  const auto told_of = [&](const std::function<bool()>& what) {
    REQUIRE(plant([&] {
              return ::mkdir(place.c_str(), 0777) == 0 && ::chmod(place.c_str(), 0777) == 0 &&
                     what();
            }) == 0);
    // A private object has no business in this folder, whatever else is in it.
    CHECK(alice_is_told(name) == 0);
    CHECK(content_of_folder(place) == "a ");
  };

  told_of([&] { return ::symlink(target.c_str(), anchor.c_str()) == 0; });
  CHECK(support::read_file(target) == "untouched");
  std::filesystem::remove_all(place);

  told_of([&] { return ::mkfifo(anchor.c_str(), 0666) == 0; });
  std::filesystem::remove_all(place);

  told_of([&] { return ::mkdir(anchor.c_str(), 0777) == 0; });
  std::filesystem::remove_all(place);

  told_of([&] {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, anchor.c_str(), sizeof address.sun_path - 1);
    return ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  });
  std::filesystem::remove_all(place);

  // One that nobody but bob can open.
  told_of([&] { return support::write_file(anchor, "x"), ::chmod(anchor.c_str(), 0600) == 0; });
  std::filesystem::remove_all(place);
  std::filesystem::remove(target);
}

TEST_CASE("a damaged or huge file that somebody holds names its owner", "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("damaged");
  const auto place = folder_of(name);
  const auto noise = [](int fd) { return ::pwrite(fd, "noise", 5, 4096) == 5; };
  const std::vector<std::function<bool(int)>> contents{
      [](int) { return true; }, noise, [](int fd) { return ::ftruncate(fd, off_t{1} << 40) == 0; },
      [](int fd) {
        isthmus::detail::anchor_header header{};
        header.magic = isthmus::detail::anchor_magic;
        header.version = isthmus::detail::layout_version;
        header.kind = isthmus::detail::kind::section;
        header.name_length = 0xFFFFFFFF;
        return ::ftruncate(fd, 8192) == 0 &&
               ::pwrite(fd, &header, sizeof header, 4096) == sizeof header;
      }};
  for (const auto& content : contents) {
    shared<stages> stage;
    forked holder(as_user(bob, [&] {
      ::umask(0);
      if (::mkdir(place.c_str(), 0777) != 0) return 1;
      const int fd = ::open((place / "a").c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd < 0 || !content(fd) || isthmus::detail::hold(fd) != 0) return 2;
      stage->say(0);
      stage->wait_for(1);
      return 0;
    }));
    REQUIRE(stage->comes(0));
    CHECK(alice_is_told(name) == 0);
    stage->say(1);
    CHECK(holder.ended() == 0);
    std::filesystem::remove_all(place);
  }
}

TEST_CASE("a file of somebody else's in a private folder is not trusted", "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("smuggled");
  shared<stages> stage;
  forked holder(as_user(bob, [&] {
    const auto made =
        section::create({.name = prefixed(name), .size = 4096, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  // As if alice had made the folder, and bob got his object into it all the same.
  REQUIRE(::chown(folder_of(name).c_str(), alice, alice) == 0);
  REQUIRE(::chmod(folder_of(name).c_str(), 0755) == 0);
  CHECK(in_child(as_user(alice, [&] {
          return all_come_to(ways_to_open(prefixed(name)), [](const support::thrown& problem) {
            return problem.code == errc::untrusted && names_bob(problem);
          });
        })) == 0);
  stage->say(1);
  CHECK(holder.ended() == 0);
  std::filesystem::remove_all(folder_of(name));
}

TEST_CASE("an object that shows a file shows none but its maker's", "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("deputy");
  const auto secret = runtime() / support::unique_name("secret");
  support::write_file(secret, std::string(4096, 's'));
  REQUIRE(::chown(secret.c_str(), alice, alice) == 0);
  REQUIRE(::chmod(secret.c_str(), 0600) == 0);
  struct stat info {};
  REQUIRE(::stat(secret.c_str(), &info) == 0);
  shared<stages> stage;
  // Bob may not open alice's file, and says that his object is of it.
  forked holder(as_user(bob, [&] {
    ::umask(0);
    if (::mkdir(folder_of(name).c_str(), 0755) != 0) return 1;
    const auto path = folder_of(name) / "a";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    isthmus::detail::anchor_header header{};
    header.magic = isthmus::detail::anchor_magic;
    header.version = isthmus::detail::layout_version;
    header.kind = isthmus::detail::kind::section;
    header.flags = isthmus::detail::anchor_file | isthmus::detail::anchor_global;
    header.before = header.size = 4096;
    header.access = 3;
    header.file_device = info.st_dev;
    header.file_inode = info.st_ino;
    header.path_length = static_cast<std::uint32_t>(secret.string().size());
    header.name_length = static_cast<std::uint32_t>(name.size());
    std::memcpy(header.name.data(), name.data(), name.size());
    if (::ftruncate(fd, 8192) != 0 ||
        ::pwrite(fd, secret.c_str(), header.path_length, 0) !=
            static_cast<ssize_t>(header.path_length) ||
        ::pwrite(fd, &header, sizeof header, 4096) != sizeof header ||
        isthmus::detail::hold(fd) != 0)
      return 2;
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  for (const uid_t victim : {alice, uid_t{0}}) {
    CHECK(in_child(as_user(victim, [&] {
            return all_come_to(
                {[&] {
                  (void)section::open({.name = prefixed(name), .access = isthmus::access::read});
                }},
                [](const support::thrown& problem) {
                  return problem.code == errc::untrusted && names_bob(problem);
                });
          })) == 0);
  }
  stage->say(1);
  CHECK(holder.ended() == 0);
  std::filesystem::remove(secret);
  std::filesystem::remove_all(folder_of(name));
}

TEST_CASE("a directory that others may rearrange is not trusted with global names",
          "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const auto untrusted_by = [](uid_t user) {
    return in_child(as_user(user, [] {
      std::error_code ec;
      (void)section::create({.name = "Global\\probe", .size = 4096, .permissions = everyone}, ec);
      return ec == errc::untrusted ? 1 : ec ? 2 : 0;
    }));
  };
  const private_runtime base;
  REQUIRE(::chmod(base.path().c_str(), 0777) == 0);  // not sticky
  CHECK(untrusted_by(alice) == 1);
  REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
  CHECK(untrusted_by(alice) == 0);
  REQUIRE(::chown(base.path().c_str(), bob, bob) == 0);
  CHECK(untrusted_by(alice) == 1);
  CHECK(untrusted_by(bob) == 0);
  // A group's, made by root: its members trust each other.
  REQUIRE(::chown(base.path().c_str(), 0, bob) == 0);
  REQUIRE(::chmod(base.path().c_str(), 02770) == 0);
  CHECK(untrusted_by(bob) == 0);
  CHECK(untrusted_by(alice) == 2);
}
