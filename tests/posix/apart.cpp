// SPDX-License-Identifier: MIT
//
// Sections whose bytes lie apart from their anchors, and lose them, or leave them.
#include "forked.hpp"
#include "posix/names/lifetime.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "stale.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

using namespace white;
using isthmus::errc;
using isthmus::section;
using support::of;

namespace {

/// Removes the bytes of all sections of this program, as somebody might who tidies up by force.
void remove_bytes_by_force() {
  for (const auto& name : orphans()) std::filesystem::remove("/dev/shm/" + name);
}

#define NEED_APART \
  if (!isthmus::detail::bytes_apart) SKIP("bytes are in their anchors in this build")

}  // namespace

TEST_CASE("a section has its bytes beside its anchor, and both go together", "[apart][LIFE-01]") {
  NEED_APART;
  const auto name = support::unique_name("apart");
  CHECK(in_child([&] {
          const auto made = section::create(of(name, 1 << 20));
          const auto bytes = orphans();
          if (bytes.size() != 1 || bytes.front().size() > 30 + isthmus::seam::tag.size()) return 1;
          const auto size = std::filesystem::file_size("/dev/shm/" + bytes.front());
          return size > 1 << 20 && std::filesystem::file_size(anchor_of(name)) < 1 << 17 ? 0 : 2;
        }) == 0);
  CHECK(anchors().empty());
  CHECK(orphans().empty());
}

TEST_CASE("a live section whose bytes were removed by force is damaged for those who come",
          "[apart]") {
  NEED_APART;
  const auto name = support::unique_name("apart");
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked holder([&] {
    auto made = section::create(of(name));
    const auto view = isthmus::view::map(made);
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    view.as<int>() = 1;  // still there for those who have it
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  remove_bytes_by_force();
  CHECK(in_child([&] {
          const auto problem = support::thrown_by([&] { (void)section::open({.name = name}); });
          if (problem.code != errc::damaged) return 1;
          if (problem.text.find("by force") == std::string::npos) return 2;
          const auto other = support::thrown_by([&] { (void)section::open_or_create(of(name)); });
          return other.code == errc::damaged ? 0 : 3;
        }) == 0);
  (*flags)[1] = true;
  CHECK(holder.ended() == 0);
  CHECK(in_child([&] { return section::create(of(name)).created() ? 0 : 1; }) == 0);
  CHECK(anchors().empty());
  CHECK(orphans().empty());
}

TEST_CASE("a dead section whose bytes have gone is as dead as any", "[apart][LIFE-03]") {
  NEED_APART;
  const auto name = support::unique_name("apart");
  REQUIRE(leave_stale(name));
  remove_bytes_by_force();
  CHECK(in_child([&] {
          std::error_code ec;
          (void)section::open({.name = name}, ec);
          return ec == errc::not_found && section::create(of(name)).created() ? 0 : 1;
        }) == 0);
  CHECK(anchors().empty());
}

TEST_CASE("clean removes what a maker that was killed on the way has left, and says how much",
          "[apart][LIFE-03]") {
  NEED_APART;
  for (const step where : {step::create_bytes_made, step::create_locked}) {
    INFO(name_of(where));
    const auto name = support::unique_name("apart");
    CHECK(in_child([&] {
            signal_at(where, SIGKILL);
            const auto made = section::create(of(name, 8 << 20));
            return 0;
          }) == 128 + SIGKILL);
    CHECK(orphans().size() == 1);
    CHECK(in_child([&] {
            const auto removed = isthmus::clean();
            const std::uint64_t least = where == step::create_locked ? 8 << 20 : 1;
            return removed.objects == 1 && removed.bytes >= least ? 0 : 1;
          }) == 0);
    CHECK(anchors().empty());
    CHECK(orphans().empty());
  }
}

TEST_CASE("a file that is no anchor takes nobody's bytes along when it is removed", "[apart]") {
  NEED_APART;
  const auto name = support::unique_name("apart");
  const auto made = section::create(of(name));
  support::write_file(session() / ("=" + name + "x"), std::string(4096, '\0'));
  support::write_file(session() / ".tjunk", "short");
  CHECK(in_child([&] {
          (void)isthmus::clean();
          return section::create(of(name + "x")).created() ? 0 : 1;
        }) == 0);
  CHECK(orphans().size() == 1);
  CHECK(anchors().size() == 1);
}

TEST_CASE("there is no global scope where bytes are apart", "[apart]") {
  NEED_APART;
  std::error_code ec;
  (void)isthmus::mutex::create({.name = "Global\\apart"}, ec);
  CHECK(ec == errc::not_supported);
  (void)isthmus::clean(isthmus::scope::global, ec);
  CHECK(ec == errc::not_supported);
}
