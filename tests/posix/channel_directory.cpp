// SPDX-License-Identifier: MIT
//
// The directory that listeners have their names in: squatted, emptied, deep down. This program
// leaves the use of the library to its children, each with a directory of its own.
#include "forked.hpp"
#include "listeners.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/limits.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

using namespace white;
using isthmus::errc;
using isthmus::listener;

TEST_CASE("what stands where listeners should be is an error that names it", "[channel]") {
  const private_runtime base;
  CHECK(in_child([&] {
          if (!works("first")) return 1;
          const auto place = session_in(base.path()) / "c";
          for (const bool link : {false, true}) {
            std::filesystem::remove_all(place);
            if (link) {
              std::filesystem::create_symlink("/", place);
            } else {
              support::write_file(place, "");
            }
            const auto problem = support::thrown_by([&] { (void)listener::create({.name = "x"}); });
            if (problem.code != errc::untrusted) return 2;
            if (problem.text.find(place.string()) == std::string::npos) return 3;
            if (!connect_code("x")) return 4;
          }
          std::filesystem::remove_all(place);
          return works("x") ? 0 : 5;
        }) == 0);
}

TEST_CASE("a listener's directory that somebody empties is made anew", "[channel]") {
  const private_runtime base;
  CHECK(in_child([&] {
          auto lost = listener::create({.name = "lost"});
          std::filesystem::remove_all(session_in(base.path()));
          if (connect_code("lost") != errc::not_found) return 1;
          auto door = listener::create({.name = "lost"});
          lost.close();  // does not take the new one's name away
          if (connect_code("lost")) return 2;
          std::filesystem::remove_all(session_in(base.path()) / "c");
          return works("lost") && works("other") ? 0 : 3;
        }) == 0);
}

TEST_CASE("a runtime directory with a long path will do", "[channel]") {
  const private_runtime base;
  const auto deep = base.path() / std::string(100, 'd') / std::string(100, 'e');
  std::filesystem::create_directories(deep);
  ::setenv("ISTHMUS_RUNTIME_DIR", deep.c_str(), 1);
  CHECK(in_child([] { return works("deep") && works(std::string(900, 'n')) ? 0 : 1; }) == 0);
}
