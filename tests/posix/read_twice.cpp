// SPDX-License-Identifier: MIT
//
// Numbers in memory that others write: what was checked must be what is used. Here they change in
// between, or after they have been read.
#include "forked.hpp"
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "posix/owners/users.hpp"
#include "posix/words/layout.hpp"
#include "will.hpp"

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/semaphore.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::detail::dispatcher_block;
using isthmus::detail::dispatcher_state;
using isthmus::detail::record_header;
using isthmus::detail::will_header;

namespace {

/// The same memory twice: as the library has it, and as whoever means harm has it.
struct two_views {
  std::byte* ours = nullptr;
  std::byte* theirs = nullptr;
};
two_views scene;
constexpr std::size_t scene_size = 8192;

/// The library has come to write into the will: it has checked its header.
void change_the_length(int, siginfo_t* fault, void*) {
  auto* const at = static_cast<std::byte*>(fault->si_addr);
  if (at < scene.ours || at >= scene.ours + scene_size) ::_exit(40);
  const std::uint64_t absurd = std::uint64_t{1} << 46;
  std::memcpy(scene.theirs + offsetof(will_header, length), &absurd, sizeof absurd);
  ::mprotect(scene.ours, scene_size, PROT_READ | PROT_WRITE);
}

bool make_scene() {
  const int fd = ::memfd_create("scene", MFD_CLOEXEC);
  if (fd < 0 || ::ftruncate(fd, scene_size) != 0) return false;
  const auto map = [&](int protection) {
    return static_cast<std::byte*>(::mmap(nullptr, scene_size, protection, MAP_SHARED, fd, 0));
  };
  scene = {map(PROT_READ), map(PROT_READ | PROT_WRITE)};
  struct sigaction action {};
  action.sa_sigaction = change_the_length;
  action.sa_flags = SA_SIGINFO;
  return ::sigaction(SIGSEGV, &action, nullptr) == 0;
}

/// Writes into the block of an object's page.
template <class T>
void scribble(int fd, std::size_t place, const T& value) {
  isthmus::detail::anchor_header header{};
  REQUIRE(::pread(fd, &header, sizeof header, 0) == sizeof header);
  const auto at = static_cast<off_t>(isthmus::detail::block_place(header.identity) + place);
  REQUIRE(::pwrite(fd, &value, sizeof value, at) == sizeof value);
}

/// All records of processes of this session.
void scribble_in_records(std::size_t place, std::uint32_t value) {
  for (const auto& entry : std::filesystem::directory_iterator(session() / "p")) {
    const int fd = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) ::_exit(41);
    if (::pwrite(fd, &value, sizeof value, static_cast<off_t>(place)) != sizeof value) ::_exit(42);
    ::close(fd);
  }
}

}  // namespace

TEST_CASE("a will whose length changes after it was checked is read as it was",
          "[inherit][INH-04][hostile]") {
  CHECK(in_child([] {
          if (!make_scene()) return 30;
          const std::string_view text = "6b 1 7 1.1.1.1\n";
          const will_header header{isthmus::detail::will_magic, 11, 22, text.size(), 0, 0};
          std::memcpy(scene.theirs, &header, sizeof header);
          std::memcpy(scene.theirs + sizeof header, text.data(), text.size());
          const auto got = isthmus::detail::take_will({scene.ours, scene_size}, 11, 22, 4711);
          if (!got) return 1;
          if (*got != text) return 2;
          // It has been taken, and the changed length is one that no will has.
          return isthmus::detail::take_will({scene.ours, scene_size}, 11, 22, 4712) ? 3 : 0;
        }) == 0);
}

TEST_CASE("a list of users that fills up while it is read is not read beyond its end",
          "[users][hostile]") {
  dispatcher_block block{};
  for (auto& each : block.users) each = 5;
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      block.users.front() = 0;
      block.users.front() = 5;
    }
  });
  std::size_t most = 0;
  for (int round = 0; round < 1'000'000; ++round) {
    const isthmus::detail::record_places places({block, ::geteuid()});
    most = std::max(most, places.size());
  }
  done = true;
  other.join();
  CHECK(most <= isthmus::detail::most_users);
}

// Whoever may write to the file of a record can change it; we know what we wrote there.
TEST_CASE("a process goes by what it wrote into its record, not by what stands there now",
          "[records][hostile]") {
  struct change {
    const char* what;
    std::size_t place;
    std::uint32_t value;
  };
  for (const change& one : {change{"its number", offsetof(record_header, nonce), 0x1234567},
                            change{"its flags", offsetof(record_header, flags), 0},
                            change{"its user", offsetof(record_header, user), 4242}}) {
    INFO(one.what);
    const auto name = support::unique_name("record");
    shared<stages> stage;
    forked owner([&] {
      auto guard = isthmus::mutex::create({.name = name});
      if (lock_with_record(guard) != isthmus::wait_status::signaled) return 97;
      stage->say(0);
      stage->wait_for(1);
      int wrong = 0;
      std::thread other([&] {
        // It belongs to a thread that lives, and this one gets a slot in the same record.
        auto again = isthmus::mutex::open({.name = name});
        if (again.try_lock_for(200ms)) wrong = 1;
        auto own = isthmus::mutex::create();
        if (lock_with_record(own) != isthmus::wait_status::signaled) wrong = 2;
      });
      other.join();
      if (wrong != 0) return wrong;
      // The thread that had locked its own one has ended, which shows in the record.
      guard.unlock();
      return guard.try_lock_for(support::patience()) && !guard.abandoned() ? 0 : 3;
    });
    REQUIRE(stage->comes(0));
    CHECK(in_child([&] {
            scribble_in_records(one.place, one.value);
            return 0;
          }) == 0);
    stage->say(1);
    CHECK(owner.ended() == 0);
  }
}

TEST_CASE("what an object was made as is known to those who have opened it, whatever is written",
          "[event][semaphore][hostile]") {
  // The short ways go by the state's line alone, so they are closed for this.
  const auto none = isthmus::detail::short_way::none;
  {
    auto once = isthmus::event::create();
    const int fd = isthmus::native_handle(once);
    scribble(fd, offsetof(dispatcher_block, state) + offsetof(dispatcher_state, short_way), none);
    scribble(fd, offsetof(dispatcher_block, state) + offsetof(dispatcher_state, mode),
             std::uint32_t{1});
    once.set();
    CHECK(once.wait_for(0ms) == isthmus::wait_status::signaled);
    CHECK(once.wait_for(0ms) == isthmus::wait_status::timeout);
    std::error_code ec;
    CHECK(once.duplicate(ec));
    CHECK_FALSE(ec);
  }
  auto permits = isthmus::semaphore::create({.maximum = 5});
  const int fd = isthmus::native_handle(permits);
  scribble(fd, offsetof(dispatcher_block, state) + offsetof(dispatcher_state, short_way), none);
  scribble(fd, offsetof(dispatcher_block, state) + offsetof(dispatcher_state, maximum),
           std::uint32_t{0});
  CHECK(permits.release(3) == 0);
  CHECK(support::code_of([&] { permits.release(3); }) == errc::limit_exceeded);
}
