// SPDX-License-Identifier: MIT
//
// A name that is removed and made anew while somebody is about to remove the former one.
#include "forked.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "stale.hpp"

#include "posix/names/lifetime.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include <sys/stat.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::section;
using support::of;

namespace {

/// Creates it as soon as nobody else works on the name.
section create_soon(const std::string& name) {
  section object;
  std::error_code ec;
  (void)support::eventually([&] { return (object = section::create(of(name), ec), !ec); });
  return object;
}

/// Another name for a file, outside of the library's directories, while this lives.
class hard_link {
 public:
  explicit hard_link(const std::filesystem::path& file, bool wanted = true)
      : path_(runtime() / support::unique_name("link")) {
    if (wanted) std::filesystem::create_hard_link(file, path_);
  }
  hard_link(const hard_link&) = delete;
  hard_link& operator=(const hard_link&) = delete;
  ~hard_link() { std::filesystem::remove(path_); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("an opener stopped between asking and claiming does not remove the next object",
          "[lifetime][mutation][LIFE-01]") {
  struct variant {
    bool mutated;
    bool linked;  ///< somebody has made another link to the stale file, so that its links stay
  };
  for (const variant& one : {variant{false, false}, {true, false}, {false, true}}) {
    const bool mutated = one.mutated;
    CAPTURE(mutated, one.linked);
    const auto name = support::unique_name("next");
    REQUIRE(leave_stale(name));
    const hard_link other(anchor_of(name), one.linked);
    // Where names have turns, the opener keeps its turn until it is told to go on.
    const bool waits = isthmus::detail::turn_count != 0 && !mutated;
    shared<std::array<std::atomic<bool>, 4>> flags;
    forked opener([&] {
      isthmus::seam::skip_link_test = mutated;
      isthmus::seam::skip_turn = mutated;
      pause_at(step::open_lock_asked, (*flags)[0], (*flags)[1]);
      std::error_code ec;
      const auto object = section::open({.name = name}, ec);
      return ec ? 1 : 0;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    forked holder([&] {
      section object;
      std::error_code ec;
      object = section::create(of(name), ec);
      if (waits ? ec != isthmus::errc::busy : bool(ec)) return 1;
      (*flags)[1] = true;
      if (waits) object = create_soon(name);
      (*flags)[3] = true;
      await([&] { return (*flags)[2].load(); });
      return 0;
    });
    // Without the test for the link, the opener takes the new object's name away. With it it finds
    // that one, or none where that has to wait until the opener is done.
    CHECK(opener.ended() == (mutated || waits ? 1 : 0));
    REQUIRE(support::eventually([&] { return (*flags)[3].load(); }));
    CHECK(in_child([&] {
            std::error_code ec;
            const auto object = section::open({.name = name}, ec);
            return ec ? 1 : 0;
          }) == (mutated ? 1 : 0));
    (*flags)[2] = true;
    CHECK(holder.ended() == 0);
  }
}

TEST_CASE(
    "a name goes with its last handle though its file has another link, for a late opener too",
    "[lifetime][LIFE-01]") {
  if (isthmus::detail::turn_count != 0)
    SKIP("here nobody is closing a name while another opens it");
  for (const bool early : {true, false}) {  // the link is made before the closing, or within it
    CAPTURE(early);
    const auto name = support::unique_name("linked");
    shared<std::array<std::atomic<bool>, 5>> flags;
    forked holder([&] {
      auto object = section::create(of(name));
      (*flags)[0] = true;
      await([&] { return (*flags)[1].load(); });
      pause_at(step::close_checked, (*flags)[2], (*flags)[3]);
      object.close();
      return 0;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    shared<std::array<std::atomic<bool>, 2>> opening;
    forked opener([&] {
      pause_at(step::open_lock_asked, (*opening)[0], (*opening)[1]);
      std::error_code ec;
      const auto object = section::open({.name = name}, ec);
      return ec == isthmus::errc::not_found ? 0 : 1;
    });
    REQUIRE(support::eventually([&] { return (*opening)[0].load(); }));
    const auto file = anchor_of(name);
    std::optional<hard_link> link;
    if (early) link.emplace(file);
    (*flags)[1] = true;
    REQUIRE(support::eventually([&] { return (*flags)[2].load(); }));
    if (!early) link.emplace(file);
    (*flags)[3] = true;
    CHECK(holder.ended() == 0);
    CHECK_FALSE(std::filesystem::exists(file));
    (*opening)[1] = true;
    CHECK(opener.ended() == 0);
    CHECK(in_child([&] {
            std::error_code ec;
            const auto object = section::create(of(name), ec);
            return ec ? 1 : 0;
          }) == 0);
  }
}

TEST_CASE("a remover killed before the name has gone leaves a dead object, linked elsewhere or not",
          "[lifetime][LIFE-03]") {
  for (const bool linked : {false, true}) {
    CAPTURE(linked);
    const auto name = support::unique_name("killed");
    CHECK(in_child([&] {
            auto object = section::create(of(name));
            // As a remover leaves it that has said that the name goes, and no more.
            if (::chmod(anchor_of(name).c_str(), 01600) != 0) return 1;
            signal_at(step::close_checked, SIGKILL);
            object.close();
            return 0;
          }) == 128 + SIGKILL);
    REQUIRE(std::filesystem::exists(anchor_of(name)));
    const hard_link other(anchor_of(name), linked);
    CHECK(in_child([&] {
            std::error_code ec;
            (void)section::open({.name = name}, ec);
            if (ec != isthmus::errc::not_found) return 1;
            const auto object = section::create(of(name), ec);
            return ec ? 2 : 0;
          }) == 0);
    CHECK_FALSE(std::filesystem::exists(anchor_of(name)));
  }
}

TEST_CASE("the time in which a waiter was stopped itself does not count as the other's delay",
          "[lifetime][LIFE-03]") {
  const auto name = support::unique_name("stop");
  forked closer([&] {
    auto object = section::create(of(name));
    signal_at(step::close_locked, SIGSTOP);
    object.close();
    return 0;
  });
  REQUIRE(closer.stopped());
  forked opener([&] {
    std::error_code ec;
    (void)section::open({.name = name}, ec);
    return ec == isthmus::errc::not_found ? 0 : 1;
  });
  CHECK_FALSE(opener.ended(support::moment));
  opener.signal(SIGSTOP);
  REQUIRE(opener.stopped());
  CHECK_FALSE(closer.ended(300ms));  // longer than the opener would wait
  closer.signal(SIGCONT);
  CHECK(closer.ended() == 0);
  opener.signal(SIGCONT);
  CHECK(opener.ended() == 0);
}
