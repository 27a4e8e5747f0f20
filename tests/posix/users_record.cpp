// SPDX-License-Identifier: MIT
//
// Records of processes that use global objects, and the lists of users.
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/isthmus.hpp>

#include "posix/owners/record_lock.hpp"
#include "posix/system/sleep.hpp"
#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

std::vector<std::string> shared_records() {
  auto names = entries(runtime());
  std::erase_if(names, [](const auto& name) { return !name.starts_with("isthmus-p."); });
  return names;
}

}  // namespace

TEST_CASE("records are shared by those who use global objects, and swept by their user",
          "[users][records]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  (void)isthmus::clean(isthmus::scope::global);
  REQUIRE(shared_records().empty());
  const auto lock_one = [](const std::string& name) {
    auto guard = mutex::create({.name = name, .permissions = everyone});
    if (lock_with_record(guard) != wait_status::signaled) return 9;
    guard.unlock();
    return 0;
  };
  CHECK(in_child(as_user(alice, [&] { return lock_one(support::unique_name("session")); })) == 0);
  CHECK(shared_records().empty());
  CHECK(in_child(as_user(alice, [&] { return lock_one(global("one")); })) == 0);
  const auto left = shared_records();
  REQUIRE(left.size() == 1);
  CHECK(left.front().starts_with("isthmus-p." + std::to_string(alice) + "."));
  struct stat info {};
  REQUIRE(::stat((runtime() / left.front()).c_str(), &info) == 0);
  CHECK(info.st_uid == alice);
  CHECK((info.st_mode & 07777) == 0644);
  // Another user's processes leave it alone; the next of this user's removes it.
  CHECK(in_child(as_user(bob, [&] {
          (void)isthmus::clean(isthmus::scope::global);
          return 0;
        })) == 0);
  CHECK(shared_records() == left);
  CHECK(in_child(as_user(alice, [&] { return lock_one(global("two")); })) == 0);
  CHECK(shared_records().size() == 1);
  CHECK(shared_records() != left);
  CHECK(isthmus::clean(isthmus::scope::global).records == 1);
  CHECK(shared_records().empty());
}

TEST_CASE("who may read a record cannot make its dead process look alive", "[users][MTX-06]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("faked");
  (void)isthmus::clean(isthmus::scope::global);
  shared<stages> stage;
  forked owner(as_user(alice, [&] {
    auto guard = mutex::create({.name = name, .permissions = everyone});
    if (lock_with_record(guard) != wait_status::signaled) return 9;
    stage->say(0);
    stage->wait_for(7);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  forked holder(as_user(carol, [&] {
    const auto guard = mutex::open({.name = name});
    stage->say(1);
    stage->wait_for(2);
    return 0;
  }));
  REQUIRE(stage->comes(1));
  // A reader locks what it can, for ever; and a file of its own pretends to be such a record.
  forked reader(as_user(first_user + 9, [&] {
    const auto records = shared_records();
    if (records.size() != 1) return 1;
    const int fd = ::open((runtime() / records.front()).c_str(), O_RDONLY | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_RDLCK;
    await([&] { return ::fcntl(fd, F_SETLK, &lock) == 0; });
    const auto nonce = records.front().substr(records.front().size() - 8);
    const auto fake = runtime() / ("isthmus-p." + std::to_string(first_user + 9) + "." + nonce);
    const int own = ::open(fake.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    std::vector<char> copy(isthmus::detail::record_size);
    if (::pread(fd, copy.data(), copy.size(), 0) != static_cast<ssize_t>(copy.size()) ||
        ::pwrite(own, copy.data(), copy.size(), 0) != static_cast<ssize_t>(copy.size()) ||
        !isthmus::detail::lock_record(own))
      return 2;
    stage->say(3);
    stage->wait_for(4);
    std::filesystem::remove(fake);
    return 0;
  }));
  const auto record = runtime() / shared_records().front();
  const auto lives = [&] {
    return in_child(as_user(bob, [&] {
      const int fd = ::open(record.c_str(), O_RDONLY | O_CLOEXEC);
      return fd < 0 ? 2 : isthmus::detail::record_locked(fd) ? 1 : 0;
    }));
  };
  CHECK(lives() == 1);
  owner.kill();
  REQUIRE(stage->comes(3));
  CHECK(lives() == 0);
  CHECK(in_child(as_user(bob, [&] {
          auto guard = mutex::open({.name = name});
          return guard.wait_for(1s) == wait_status::abandoned ? 0 : 1;
        })) == 0);
  stage->say(2);
  stage->say(4);
  CHECK(holder.ended() == 0);
  CHECK(reader.ended() == 0);
}

TEST_CASE("an object has room for so many users, and says so", "[users]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("crowd");
  shared<stages> stage;
  forked holder(as_user(alice, [&] {
    const auto made = event::create({.name = name, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  const auto opens = [&](uid_t user, bool with_records = false) {
    return in_child(as_user(user, [&] {
      if (with_records) own_with_records();
      std::error_code ec;
      auto found = event::open({.name = name}, ec);
      if (ec) return ec == errc::limit_exceeded ? 1 : 2;
      return found.wait_for(0ms, ec) == isthmus::wait_status::timeout ? 0 : 3;
    }));
  };
  for (uid_t user = 1; user < isthmus::detail::most_users; ++user)
    REQUIRE(opens(first_user + user) == 0);
  // They are those among whom records are looked for; who has none needs no place.
  const auto more = first_user + isthmus::detail::most_users;
  CHECK(opens(more, true) == 1);
  CHECK(opens(more) == (isthmus::detail::portable_engine ? 1 : 0));
  CHECK(opens(bob) == 0);
  stage->say(1);
  CHECK(holder.ended() == 0);
}
