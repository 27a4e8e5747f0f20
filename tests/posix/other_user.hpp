// SPDX-License-Identifier: MIT
//
// Other users of the machine, played by children of a test that runs as root. They need no entry in
// the system's list of users.
#pragma once

#include "forked.hpp"
#include "runtime.hpp"

#include "support/names.hpp"

#include <isthmus/permissions.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace white {

inline constexpr uid_t first_user = 65001;
inline constexpr uid_t alice = first_user;
inline constexpr uid_t bob = first_user + 1;
inline constexpr uid_t carol = first_user + 2;
inline constexpr int cannot_become = 98;

/// The work, done by another user; of a group of its own if nothing else is said.
inline std::function<int()> as_user(uid_t user, std::function<int()> work, gid_t group = 0) {
  return [user, group = group != 0 ? group : user, work = std::move(work)] {
    if (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(user) != 0)
      return cannot_become;
    // The change has taken both away: a program that is started anew has them.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_DUMPABLE, 1);
    return work();
  };
}

/// Lets all users into this program's directory, as they are into /dev/shm.
class open_runtime {
 public:
  open_runtime() { REQUIRE(::chmod(runtime().c_str(), 01777) == 0); }
  open_runtime(const open_runtime&) = delete;
  open_runtime& operator=(const open_runtime&) = delete;
  ~open_runtime() { ::chmod(runtime().c_str(), 0700); }
};

/// Whether this program can be several users.
inline bool plays_users() { return ::geteuid() == 0; }

inline constexpr isthmus::permissions everyone{.read = isthmus::audience::everyone,
                                               .modify = isthmus::audience::everyone};

inline std::string global(std::string_view stem) { return "Global\\" + support::unique_name(stem); }

/// Stages of a test, which its processes announce and wait for.
struct stages {
  std::array<std::atomic<bool>, 8> reached{};

  void say(int number) { reached[static_cast<std::size_t>(number)] = true; }
  /// In a child, which ends where that does not come.
  void wait_for(int number) const {
    await([&] { return reached[static_cast<std::size_t>(number)].load(); });
  }
  /// In the test.
  [[nodiscard]] bool comes(int number) const {
    return support::eventually([&] { return reached[static_cast<std::size_t>(number)].load(); });
  }
};

/// "user 65002", as messages have it.
inline std::string text_of(uid_t user) { return "user " + std::to_string(user); }

}  // namespace white
