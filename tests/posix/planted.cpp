// SPDX-License-Identifier: MIT
//
// What is not an object, under an object's name; and records that are none.
#include "forked.hpp"
#include "planter.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;
using isthmus::detail::anchor_header;
using support::of;

namespace {

/// What all ways to reach a name in a child come to, each within a second. 0: all are `wanted`.
int attempt_all(const std::string& name, std::function<bool(const support::thrown&)> wanted) {
  return in_child(
      [&] {
        const std::array<std::function<void()>, 5> calls{
            [&] { (void)section::create(of(name)); },
            [&] { (void)section::open_or_create(of(name)); },
            [&] { (void)section::open({.name = name}); },
            [&] { (void)section::open({.name = name, .access = isthmus::access::read}); },
            [&] { (void)mutex::open({.name = name}); }};
        for (std::size_t i = 0; i < calls.size(); ++i)
          if (!wanted(support::thrown_by(calls[i]))) return static_cast<int>(i) + 1;
        (void)isthmus::clean();
        return 0;
      },
      support::scaled(std::chrono::seconds(5)));
}

void make_session() {
  REQUIRE(in_child([] {
            (void)section::create(of("first"));
            return 0;
          }) == 0);
}

}  // namespace

TEST_CASE("a pipe, a folder or a link under a name is a clear error at once", "[planted]") {
  make_session();
  const auto name = support::unique_name("planted");
  const auto place = anchor_of(name);
  const auto refused = [&](const support::thrown& problem) {
    return (problem.code == errc::untrusted || problem.code == errc::damaged) &&
           problem.text.find(name) != std::string::npos;
  };
  REQUIRE(::mkfifo(place.c_str(), 0600) == 0);
  CHECK(attempt_all(name, refused) == 0);
  std::filesystem::remove(place);

  std::filesystem::create_directory(place);
  CHECK(attempt_all(name, refused) == 0);
  std::filesystem::remove(place);

  const auto target = runtime() / "target";
  support::write_file(target, "untouched");
  std::filesystem::create_symlink(target, place);
  CHECK(attempt_all(name, refused) == 0);
  CHECK(support::read_file(target) == "untouched");
  std::filesystem::remove(place);
}

TEST_CASE("clean() counts what it removes, even where that gives no memory back", "[planted]") {
  make_session();
  (void)isthmus::clean();  // of what other tests have left
  support::write_file(anchor_of(support::unique_name("planted")), "");
  CHECK(isthmus::leftovers().objects == 1);
  const auto result = isthmus::clean();
  CHECK(result.objects == 1);
  CHECK(result.bytes == 0);
  CHECK(isthmus::clean().objects == 0);
}

TEST_CASE("a file that is no object is a clear error while somebody holds it", "[planted]") {
  make_session();
  const auto damaged = [](const support::thrown& problem) { return problem.code == errc::damaged; };
  std::mt19937 random(4711);
  std::string noise(12288, ' ');
  for (char& c : noise) c = static_cast<char>(random());
  const std::array<std::string, 5> contents{"", "short", std::string(4096, '\0'),
                                            noise.substr(0, 5000), noise};
  for (const std::string& content : contents) {
    const auto name = support::unique_name("planted");
    const planter holder(name,
                         [&](int fd) { (void)(::write(fd, content.data(), content.size()) == 0); });
    INFO(content.size() << " bytes");
    CHECK(attempt_all(name, damaged) == 0);
  }
  const auto name = support::unique_name("planted");
  const planter huge(name, [](int fd) { (void)(::ftruncate(fd, std::int64_t{1} << 50) == 0); });
  CHECK(attempt_all(name, damaged) == 0);
}

TEST_CASE("a file that is no object is free to be replaced when nobody holds it", "[planted]") {
  make_session();
  const auto name = support::unique_name("planted");
  support::write_file(anchor_of(name), "anything at all");
  CHECK(in_child([&] {
          const auto made = section::create(of(name));
          return isthmus::const_view::map(made).as<std::uint64_t>() == 0 ? 0 : 1;
        }) == 0);
}

TEST_CASE("lengths in a header are not believed", "[planted]") {
  make_session();
  const std::array<std::function<void(anchor_header&)>, 9> changes{
      // Bytes that are said to be elsewhere are not looked for in front of the header.
      [](auto& h) { h.flags = isthmus::detail::anchor_apart; },
      [](auto& h) { h.size = std::uint64_t{1} << 40; },
      [](auto& h) { h.size = 0; },
      [](auto& h) { h.before = ~std::uint64_t{4095}; },
      [](auto& h) { h.before = 0; },
      [](auto& h) { h.name_length = 0xFFFFFFFF; },
      [](auto& h) { h.name_length -= 1; },
      [](auto& h) { h.path_length = 0xFFFFFFFF; },
      [](auto& h) { h.name[0] = '~'; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto name = support::unique_name("planted");
    const planter holder(name, section_with(name, changes[i]));
    INFO("change " << i);
    CHECK(attempt_all(name, [](const auto& problem) {
            return problem.code == errc::damaged || problem.code == errc::wrong_kind;
          }) == 0);
  }
}

TEST_CASE("the object of another version of the library is an error that names both", "[planted]") {
  make_session();
  const auto name = support::unique_name("planted");
  const planter holder(name, section_with(name, [](auto& h) { h.version = 4711; }));
  const auto own = std::to_string(isthmus::detail::layout_version);
  CHECK(attempt_all(name, [&](const support::thrown& problem) {
          return problem.code == errc::incompatible_version &&
                 problem.text.find("4711") != std::string::npos &&
                 problem.text.find("layout " + own) != std::string::npos;
        }) == 0);
}

TEST_CASE("a section whose file is not its file any more is an error", "[planted]") {
  make_session();
  const auto name = support::unique_name("planted");
  const planter holder(name, section_with(name, [](auto& h) {
                         h.flags = isthmus::detail::anchor_file;
                         h.path_length = 9;
                       }));
  CHECK(in_child([&] {
          const auto problem = support::thrown_by([&] { (void)section::open({.name = name}); });
          return problem.code == errc::file_changed || problem.code == errc::damaged ? 0 : 1;
        }) == 0);
}

TEST_CASE("damaged records of owners neither crash nor block", "[planted][MTX-06]") {
  const std::array<std::string, 3> contents{"", "short", std::string(300'000, '\xAA')};
  for (const std::string& content : contents) {
    auto name = support::unique_name("records");
    shared<std::array<std::atomic<bool>, 2>> flags;
    forked owner([&] {
      auto guard = mutex::create({.name = name, .initially_owned = true});
      (*flags)[0] = true;
      await([&] { return (*flags)[1].load(); });
      ::kill(getpid(), SIGKILL);
      return 0;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    CHECK(in_child([&] {
            auto guard = mutex::open({.name = name});
            for (const auto& record : entries(session() / "p")) {
              std::filesystem::remove(session() / "p" / record);
              support::write_file(session() / "p" / record, content);
            }
            (*flags)[1] = true;
            if (!guard.try_lock_for(support::scaled(std::chrono::seconds(3)))) return 1;
            return guard.abandoned() ? 0 : 2;
          }) == 0);
  }
}
