// SPDX-License-Identifier: MIT
//
// Owners of other users: that they live, and that they have died.
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/isthmus.hpp>

#include "layout.hpp"
#include "record_lock.hpp"

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
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::audience;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

std::vector<std::string> shared_records() {
  auto names = entries(runtime());
  std::erase_if(names, [](const auto& name) { return !name.starts_with("isthmus-p."); });
  return names;
}

/// An owner, then a waiter of another user; the owner is killed.
void owner_dies(uid_t owner, uid_t waiter, const isthmus::permissions& who) {
  const auto name = global("owner");
  shared<stages> stage;
  forked first(as_user(owner, [&] {
    const auto guard = mutex::create({.name = name, .initially_owned = true, .permissions = who});
    stage->say(0);
    stage->wait_for(7);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  forked second(as_user(waiter, [&] {
    auto guard = mutex::open({.name = name});
    if (guard.try_lock() || guard.try_lock_for(300ms)) return 1;  // its owner lives
    stage->say(1);
    const auto start = support::clock::now();
    if (guard.wait_for(support::patience()) != wait_status::abandoned) return 2;
    if (support::clock::now() - start > support::scaled(5s)) return 3;
    const auto last = guard.last_owner();
    return last && last->process_id == static_cast<std::uint32_t>(first.id()) ? 0 : 4;
  }));
  REQUIRE(stage->comes(1));
  std::this_thread::sleep_for(support::moment);
  first.kill();
  CHECK(second.ended() == 0);
}

}  // namespace

TEST_CASE("a waiter of another user is told of an owner's death, and of nothing before",
          "[users][MTX-06][MTX-08][MTX-09]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  owner_dies(alice, bob, everyone);
  owner_dies(bob, alice, everyone);
  owner_dies(alice, 0, {});  // root may open what is private
  owner_dies(0, alice, everyone);
}

TEST_CASE("a private mutex that root has locked is not taken from it", "[users][MTX-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("root");
  shared<stages> stage;
  forked owner(as_user(alice, [&] {
    auto guard = mutex::create({.name = name});
    stage->say(0);
    stage->wait_for(1);
    if (guard.try_lock_for(400ms)) return 1;
    stage->say(2);
    return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
  }));
  REQUIRE(stage->comes(0));
  forked root([&] {
    auto guard = mutex::open({.name = name});
    guard.lock();
    stage->say(1);
    stage->wait_for(2);
    return 0;
  });
  CHECK(owner.ended() == 0);
  CHECK(root.ended() == 0);
}

TEST_CASE("a mutex that nobody waits for stays abandoned for whoever comes, of any user",
          "[users][MTX-10]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("later");
  shared<stages> stage;
  forked holder(as_user(carol, [&] {
    const auto guard = mutex::create({.name = name, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  for (const bool swept : {false, true}) {
    // By the end of a thread, and of a process.
    REQUIRE(in_child(as_user(alice, [&] {
              auto guard = mutex::open({.name = name});
              guard.lock();
              return 0;
            })) == 0);
    // Nothing is left of alice's processes but the token in the word.
    if (swept)
      REQUIRE(in_child(as_user(alice, [&] {
                return isthmus::clean(isthmus::scope::global).records > 0 ? 0 : 1;
              })) == 0);
    CHECK(in_child(as_user(bob, [&] {
            auto guard = mutex::open({.name = name});
            if (guard.wait_for(0s) != wait_status::abandoned) return 1;
            guard.unlock();
            return guard.wait_for(0s) == wait_status::signaled ? 0 : 2;
          })) == 0);
  }
  stage->say(1);
  CHECK(holder.ended() == 0);
}

TEST_CASE("a process that changes its user after a fork owns what it locks", "[users][MTX-17]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("server");
  shared<stages> stage;
  forked server([&] {
    auto guard = mutex::create({.name = name, .permissions = everyone});
    guard.lock();  // so that there is a record already
    guard.unlock();
    forked worker(as_user(bob, [&] {
      guard.lock();
      stage->say(0);
      stage->wait_for(7);
      return 0;
    }));
    stage->wait_for(1);
    worker.kill();
    stage->wait_for(2);
    return 0;
  });
  REQUIRE(stage->comes(0));
  CHECK(in_child(as_user(alice, [&] {
          auto guard = mutex::open({.name = name});
          if (guard.try_lock_for(400ms)) return 1;
          stage->say(1);
          return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
        })) == 0);
  stage->say(2);
  CHECK(server.ended() == 0);
}

TEST_CASE("a wait for all that another user's process died in has taken all or nothing",
          "[users][WAIT-07]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  struct death {
    step where;
    bool taken;
  };
  for (const death& end :
       {death{step::all_one_reserved, false}, death{step::all_before_journal, false},
        death{step::all_journal_open, true}, death{step::all_one_taken, true}}) {
    INFO(name_of(end.where));
    const auto stem = global("all");
    shared<stages> stage;
    forked holder(as_user(carol, [&] {
      const auto guard = mutex::create({.name = stem + "m", .permissions = everyone});
      const auto permits =
          semaphore::create({.name = stem + "s", .initial = 1, .permissions = everyone});
      const auto signal =
          event::create({.name = stem + "e", .initially_set = true, .permissions = everyone});
      stage->say(0);
      stage->wait_for(1);
      return 0;
    }));
    REQUIRE(stage->comes(0));
    CHECK(in_child(as_user(alice, [&] {
            auto guard = mutex::open({.name = stem + "m"});
            auto permits = semaphore::open({.name = stem + "s"});
            auto signal = event::open({.name = stem + "e"});
            signal_at(end.where, SIGKILL);
            (void)isthmus::wait_all({guard, permits, signal});
            return 0;
          })) == 128 + SIGKILL);
    CHECK(in_child(as_user(bob, [&] {
            auto guard = mutex::open({.name = stem + "m"});
            auto permits = semaphore::open({.name = stem + "s"});
            auto signal = event::open({.name = stem + "e"});
            const auto limit = support::scaled(2s);
            const auto owner = guard.wait_for(limit);
            if (owner != (end.taken ? wait_status::abandoned : wait_status::signaled)) return 1;
            if (permits.try_acquire_for(end.taken ? 200ms : limit) == end.taken) return 2;
            const auto seen = signal.wait_for(end.taken ? 200ms : limit);
            return (seen == wait_status::signaled) != end.taken ? 0 : 3;
          })) == 0);
    stage->say(1);
    CHECK(holder.ended() == 0);
  }
}

TEST_CASE("records are shared by those who use global objects, and swept by their user",
          "[users][records]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  (void)isthmus::clean(isthmus::scope::global);
  REQUIRE(shared_records().empty());
  const auto lock_one = [](const std::string& name) {
    auto guard = mutex::create({.name = name, .permissions = everyone});
    guard.lock();
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
    const auto guard =
        mutex::create({.name = name, .initially_owned = true, .permissions = everyone});
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
  const auto opens = [&](uid_t user) {
    return in_child(as_user(user, [&] {
      std::error_code ec;
      (void)event::open({.name = name}, ec);
      return ec == errc::limit_exceeded ? 1 : ec ? 2 : 0;
    }));
  };
  for (uid_t user = 1; user < isthmus::detail::most_users; ++user)
    REQUIRE(opens(first_user + user) == 0);
  CHECK(opens(first_user + isthmus::detail::most_users) == 1);
  CHECK(opens(bob) == 0);
  stage->say(1);
  CHECK(holder.ended() == 0);
}

TEST_CASE("between user namespaces only sections are shared", "[users][namespaces]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto stem = global("spaces");
  shared<stages> stage;
  forked holder([&] {
    const auto memory =
        isthmus::section::create({.name = stem + "s", .size = 4096, .permissions = everyone});
    const auto guard = mutex::create({.name = stem + "m", .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  });
  REQUIRE(stage->comes(0));
  const int code = in_child([&] {
    if (::unshare(CLONE_NEWUSER) != 0) return 96;
    const int fd = ::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ::write(fd, "0 0 1", 5) != 5) return 96;
    ::close(fd);
    std::error_code ec;
    (void)isthmus::section::open({.name = stem + "s"}, ec);
    if (ec) return 1;
    (void)mutex::open({.name = stem + "m"}, ec);
    return ec == errc::not_supported ? 0 : 2;
  });
  stage->say(1);
  CHECK(holder.ended() == 0);
  if (code == 96) SKIP("no user namespaces here");
  CHECK(code == 0);
}
