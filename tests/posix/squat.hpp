// SPDX-License-Identifier: MIT
//
// Another user who plants things where a global name belongs, and what comes of it.
#pragma once

#include "other_user.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>

#include "posix/names/directory.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace white {

using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;

/// Where a global name's folder is; the name is without prefix.
inline std::filesystem::path folder_of(const std::string& name) {
  return runtime() / isthmus::detail::file_name(name, isthmus::scope::global).text();
}

inline std::string prefixed(const std::string& name) { return "Global\\" + name; }

using calls = std::vector<std::function<void()>>;

inline calls ways_to_make(const std::string& name, const isthmus::permissions& who) {
  return {[=] { (void)section::create({.name = name, .size = 4096, .permissions = who}); },
          [=] { (void)section::open_or_create({.name = name, .size = 4096, .permissions = who}); },
          [=] { (void)mutex::create({.name = name, .permissions = who}); }};
}

inline calls ways_to_open(const std::string& name) {
  return {[=] { (void)section::open({.name = name}); },
          [=] { (void)section::open({.name = name, .access = isthmus::access::read}); },
          [=] { (void)mutex::open({.name = name}); }};
}

/// What all calls come to, each of them within a second. 0: all are `wanted`.
inline int all_come_to(const calls& tried,
                       const std::function<bool(const support::thrown&)>& wanted) {
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const auto start = support::clock::now();
    const auto problem = support::thrown_by(tried[i]);
    if (!wanted(problem)) {
      std::fprintf(stderr, "%zu: %s\n", i, problem.text.c_str());
      return static_cast<int>(i) + 1;
    }
    if (support::clock::now() - start > support::scaled(1s)) return 50;
  }
  return 0;
}

/// An error that names bob.
inline bool names_bob(const support::thrown& problem) {
  return (problem.code == errc::untrusted || problem.code == errc::damaged ||
          problem.code == errc::access_denied) &&
         problem.text.find(text_of(bob)) != std::string::npos;
}

inline int plant(const std::function<bool()>& what) {
  return in_child(as_user(bob, [&] {
    ::umask(0);
    return what() ? 0 : 1;
  }));
}

}  // namespace white
