// SPDX-License-Identifier: MIT
//
// Who may open whose global objects, and how names live and die when several users hold them.
#include "users.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/isthmus.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::audience;
using isthmus::errc;
using isthmus::section;
using support::kind;

namespace {

constexpr std::array circles{audience::owner, audience::group, audience::everyone};

std::string table_name(const std::string& stem, audience read, audience modify) {
  return stem + std::to_string(static_cast<int>(read)) + std::to_string(static_cast<int>(modify));
}

/// All of the table, as somebody of that circle sees it; 0, or which line is wrong.
template <class T>
int look_through(const std::string& stem, audience circle, uid_t owner) {
  constexpr bool is_section = std::is_same_v<T, section>;
  int line = 0;
  for (const audience read : circles) {
    for (const audience modify : circles) {
      ++line;
      const auto name = table_name(stem, read, modify);
      const bool writes = modify >= circle;
      const bool reads = writes || (is_section && read >= circle);
      if (!opens<T>(name, kind<T>::full, writes, owner)) return line;
      if (!opens<T>(name, kind<T>::narrow, reads, owner)) return line + 20;
      std::error_code ec;
      (void)T::create(kind<T>::create(name), ec);
      if (ec != (writes ? errc::already_exists : errc::access_denied)) return line + 40;
      (void)T::open_or_create(kind<T>::create(name), ec);
      if (writes ? static_cast<bool>(ec) : ec != errc::access_denied) return line + 60;
    }
  }
  return 0;
}

template <class T>
void check_table(uid_t owner, uid_t other) {
  const auto stem = global("table");
  shared<stages> stage;
  forked maker(as_user(owner, [&] {
    ::umask(0777);  // which must not matter
    std::vector<T> all;
    for (const audience read : circles) {
      for (const audience modify : circles) {
        const auto name = table_name(stem, read, modify);
        auto options = kind<T>::create(name);
        options.permissions = {.read = read, .modify = modify};
        all.push_back(T::create(options));
        if (!isthmus::includes(all.back().access(), kind<T>::full)) return 1;
      }
    }
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  CHECK(in_child(as_user(owner, [&] { return look_through<T>(stem, audience::owner, owner); })) ==
        0);
  CHECK(in_child(as_user(
            other, [&] { return look_through<T>(stem, audience::group, owner); }, owner)) == 0);
  CHECK(in_child(
            as_user(other, [&] { return look_through<T>(stem, audience::everyone, owner); })) == 0);
  stage->say(1);
  CHECK(maker.ended() == 0);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("permissions say which other users may open an object",
                        "[users][ACL-07][ACL-08][ACL-06][HARD-28][HARD-29]", support::kinds) {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  check_table<TestType>(alice, bob);
  check_table<TestType>(bob, alice);
}

TEST_CASE("native permissions are a mode, which the umask does not change", "[users][ACL-08]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto stem = global("native");
  shared<stages> stage;
  forked maker(as_user(alice, [&] {
    ::umask(0077);
    std::vector<section> all;
    for (const auto* const mode : {"0644", "0444", "0660", "606", "0"})
      all.push_back(
          section::create({.name = stem + mode, .size = 4096, .permissions = {.native = mode}}));
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  const auto full = isthmus::access::read | isthmus::access::write;
  CHECK(in_child(as_user(bob, [&] {
          if (!opens<section>(stem + "0644", isthmus::access::read, true, alice)) return 1;
          if (!opens<section>(stem + "0644", full, false, alice)) return 2;
          if (!opens<section>(stem + "0444", isthmus::access::read, true, alice)) return 3;
          if (!opens<section>(stem + "0660", isthmus::access::read, false, alice)) return 4;
          if (!opens<section>(stem + "606", full, true, alice)) return 5;
          if (!opens<section>(stem + "0", isthmus::access::read, false, alice)) return 6;
          return 0;
        })) == 0);
  // Whoever makes it has all rights, whatever the mode says.
  CHECK(in_child(as_user(
            alice, [&] { return opens<section>(stem + "0", full, true, alice) ? 0 : 1; })) == 0);
  stage->say(1);
  CHECK(maker.ended() == 0);
}
