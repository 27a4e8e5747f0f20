// SPDX-License-Identifier: MIT
//
// Looks beside the life of names, and at what is not an object.
#include "forked.hpp"
#include "planter.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include "posix/names/lifetime.hpp"
#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::mutex;
using isthmus::section;
using isthmus::detail::anchor_header;
using support::of;

namespace {

constexpr auto session_scope = isthmus::scope::session;

/// Whether a child that lists everything finds nothing right with this entry, and comes back.
bool is_listed_as_wrong(const std::string& name) {
  return in_child(
             [&] {
               for (const auto& each : isthmus::inspect_all(session_scope)) {
                 if (each.name != name && each.name != "=" + name) continue;
                 const bool has_state = each.state.index() != 0;
                 return each.problem.empty() || has_state ? 1 : 0;
               }
               return 2;
             },
             support::scaled(std::chrono::seconds(5))) == 0;
}

}  // namespace

TEST_CASE("the last closer is the last though somebody is in the middle of a look",
          "[posix][inspect][LIFE-01]") {
  if (isthmus::detail::bytes_apart) SKIP("there a look has a turn at the name, as a sweep does");
  const std::string name = "looked_at";
  shared<std::array<std::atomic<bool>, 3>> flags;
  forked looker([&] {  // first of all: a fork would hold what there is
    await([&] { return (*flags)[2].load(); });
    pause_at(step::open_lock_asked, (*flags)[0], (*flags)[1]);
    std::error_code ec;
    const auto report = isthmus::inspect(name, session_scope, ec);
    return !ec && !report.leftover && report.problem.empty() ? 0 : 1;
  });
  auto made = section::create(of(name));
  (*flags)[2] = true;
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  made.close();
  CHECK(anchors().empty());
  made = section::create(of(name));  // a new one: the look is not at this
  CHECK(made.created());
  made.close();
  CHECK(anchors().empty());
  (*flags)[1] = true;
  // It has seen what is not there any more, and says so.
  CHECK(looker.ended() == 1);
}

TEST_CASE("names come and go beside one who looks all the time, and the last closer is not misled",
          "[posix][inspect][LIFE-01]") {
  shared<std::atomic<bool>> done;
  shared<std::atomic<int>> looks;
  const std::string name = "looked_at";
  const forked looker([&] {
    while (!*done) {
      std::error_code ec;
      (void)isthmus::inspect(name, session_scope, ec);
      ++*looks;
    }
    return 0;
  });
  REQUIRE(support::eventually([&] { return looks->load() > 10; }));
  const int result = in_child(
      [&] {
        for (int i = 0; i < 1000; ++i) {
          std::error_code ec;
          auto made = section::create(of(name), ec);
          if (ec) return 1;
          made.close();
          // A turn that the other one has for too long may leave a dead name, with flocks.
          if (!isthmus::detail::bytes_apart && !anchors().empty()) return 2;
        }
        return 0;
      },
      support::scaled(std::chrono::seconds(20)));
  *done = true;
  CHECK(result == 0);
  CHECK(looks->load() > 20);
  (void)isthmus::clean();
}

TEST_CASE("what is not an object is listed with what is wrong, and nothing else is believed",
          "[posix][inspect]") {
  const std::string name = "planted";
  const std::array<std::function<void(anchor_header&)>, 8> changes{
      [](anchor_header& header) { header.magic[0] = 'x'; },
      [](anchor_header& header) { header.version = 99; },
      [](anchor_header& header) { header.kind = static_cast<isthmus::detail::kind>(77); },
      [](anchor_header& header) { header.kind = isthmus::detail::kind::mutex; },
      [](anchor_header& header) { header.name[0] = 'q'; },
      [](anchor_header& header) { header.name_length = 0xFFFFFFFF; },
      [](anchor_header& header) { header.before = 1 << 20; },
      [](anchor_header& header) { header.path_length = 1 << 30; }};
  REQUIRE(in_child([] {
            (void)section::create(of("first"));
            return 0;
          }) == 0);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO("change " << i);
    {
      const planter there(name, section_with(name, changes[i]));
      CHECK(is_listed_as_wrong(name));
    }
    ::unlink(anchor_of(name).c_str());
  }
  REQUIRE(::mkfifo(anchor_of(name).c_str(), 0600) == 0);
  CHECK(is_listed_as_wrong(name));
  ::unlink(anchor_of(name).c_str());
  REQUIRE(::symlink("/etc/passwd", anchor_of(name).c_str()) == 0);
  CHECK(is_listed_as_wrong(name));
  ::unlink(anchor_of(name).c_str());
  REQUIRE(::mkdir(anchor_of(name).c_str(), 0700) == 0);
  CHECK(is_listed_as_wrong(name));
  ::rmdir(anchor_of(name).c_str());
}

TEST_CASE("a look at any nonsense in a mutex's page comes back", "[posix][inspect]") {
  const std::string name = "nonsense";
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  const int result = in_child(
      [&] {
        std::mt19937 random(seed);
        auto guard = mutex::create({.name = name, .initially_owned = true});
        const int fd = ::open(anchor_of(name).c_str(), O_RDWR | O_CLOEXEC);
        if (fd < 0) return 1;
        std::array<unsigned char, 4096> sound{};
        if (::pread(fd, sound.data(), sound.size(), 0) != 4096) return 2;
        for (int i = 0; i < 200; ++i) {
          auto page = sound;
          // The header mostly stays, so that the state is looked at.
          const std::size_t from = i % 4 == 0 ? 0 : sizeof(anchor_header);
          for (int n = 0; n < 200; ++n)
            page[from + random() % (page.size() - from)] = static_cast<unsigned char>(random());
          if (::pwrite(fd, page.data(), page.size(), 0) != 4096) return 3;
          std::error_code ec;
          (void)isthmus::inspect(name, session_scope, ec);
        }
        if (::pwrite(fd, sound.data(), sound.size(), 0) != 4096) return 4;
        guard.unlock();
        return isthmus::inspect(name).kind == isthmus::object_kind::mutex ? 0 : 5;
      },
      support::scaled(std::chrono::seconds(20)));
  CHECK(result == 0);
}
