// SPDX-License-Identifier: MIT
//
// What only the veneer promises of rights: how another user gets a part of them.
#include "support/names.hpp"
#include "support/threads.hpp"

#include "veneer/support.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <string>
#include <system_error>

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace veneer_tests;
using support::eventually;
using support::unique_name;

namespace {

constexpr uid_t another_user = 65001;

/// As another user: all that is allowed is reading. 0, or what is wrong.
int look_as_reader(const char* name) {
  if (::setgroups(0, nullptr) != 0 || ::setgid(another_user) != 0 || ::setuid(another_user) != 0)
    return 1;
  if (OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, name) != nullptr) return 2;
  if (GetLastError() != ERROR_ACCESS_DENIED) return 3;
  if (OpenFileMappingA(MAXIMUM_ALLOWED | FILE_MAP_WRITE, FALSE, name) != nullptr) return 4;
  if (GetLastError() != ERROR_ACCESS_DENIED) return 5;
  const handle most(OpenFileMappingA(MAXIMUM_ALLOWED, FALSE, name));
  if (most == nullptr) return 6;
  if (MapViewOfFile(most, FILE_MAP_WRITE, 0, 0, 0) != nullptr) return 7;
  if (GetLastError() != ERROR_ACCESS_DENIED) return 8;
  void* const view = MapViewOfFile(most, FILE_MAP_READ, 0, 0, 0);
  return view != nullptr && UnmapViewOfFile(view) != FALSE ? 0 : 9;
}

}  // namespace

TEST_CASE("the most that is allowed is what readers have, where that is all (ACL-08)",
          "[veneer][rights]") {
  if (::geteuid() != 0) SKIP("only root can play other users");
  const std::string name = "Global\\" + unique_name("most");
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  // The other user's process is there before the object, so it has nothing of it.
  const pid_t child = ::fork();
  if (child == 0) {
    char told = 0;
    ::close(ends[1]);
    ::_exit(::read(ends[0], &told, 1) == 1 ? look_as_reader(name.c_str()) : 10);
  }
  std::error_code ec;
  const auto made = isthmus::section::create(
      {.name = name, .size = 4096, .permissions = {.read = isthmus::audience::everyone}}, ec);
  const bool told = !ec && ::write(ends[1], "!", 1) == 1;
  for (const int end : ends) ::close(end);
  int status = -1;
  const bool ended = eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; });
  if (!ended) ::kill(child, SIGKILL);
  if (ec == isthmus::errc::not_supported) SKIP("there are no global objects in this build");
  REQUIRE(told);
  REQUIRE(ended);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
