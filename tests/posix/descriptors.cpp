// SPDX-License-Identifier: MIT
//
// What objects cost a process, and that they give it back.
#include "forked.hpp"
#include "runtime.hpp"

#include "posix/names/lifetime.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace white;
using isthmus::access;
using isthmus::mutex;
using isthmus::section;
using support::of;

namespace {

/// A section's anchor and its bytes may be two files.
const std::size_t section_descriptors = isthmus::detail::bytes_apart ? 2 : 1;

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);)
    if (line.find("isthmus") != std::string::npos) ++count;  // objects' and records' files
  return count;
}

/// Runs `work` 50 times and tells how many descriptors and mappings are left of that.
std::pair<int, int> left_by(const std::function<void()>& work) {
  work();
  const auto descriptors = support::open_handles();
  const auto maps = mappings();
  for (int i = 0; i < 50; ++i) work();
  return {static_cast<int>(support::open_handles()) - static_cast<int>(descriptors),
          static_cast<int>(mappings()) - static_cast<int>(maps)};
}

}  // namespace

TEST_CASE("no operation leaves a descriptor or a mapping behind, failed or not", "[descriptors]") {
  const auto name = support::unique_name("cost");
  const auto taken = section::create(of(name + ".taken"));
  std::error_code ec;
  const std::vector<std::pair<const char*, std::function<void()>>> calls{
      {"create", [&] { (void)section::create(of(name)); }},
      {"create, taken", [&] { (void)section::create(of(name + ".taken"), ec); }},
      {"create, taken, large",
       [&] { (void)section::create({.name = name + ".taken", .size = 4 << 20}, ec); }},
      {"create, too large",
       [&] { (void)section::create({.name = name, .size = std::uint64_t{1} << 46}, ec); }},
      {"create, another kind", [&] { (void)mutex::create({.name = name + ".taken"}, ec); }},
      {"open, absent", [&] { (void)section::open({.name = name}, ec); }},
      {"open, another kind", [&] { (void)mutex::open({.name = name + ".taken"}, ec); }},
      {"open", [&] { (void)section::open({.name = name + ".taken"}); }},
      {"open to read",
       [&] { (void)section::open({.name = name + ".taken", .access = access::read}); }},
      {"open_or_create", [&] { (void)section::open_or_create(of(name)); }},
      {"unnamed", [&] { (void)section::create({.size = 4096}).duplicate(access::read); }},
      {"a file's",
       [&] { (void)section::from_file(support::program(), {.name = name}).duplicate(); }},
      {"a file's, missing", [&] { (void)section::from_file("/nowhere/at/all", {}, ec); }},
      {"a file's, taken",
       [&] { (void)section::from_file(support::program(), {.name = name + ".taken"}, ec); }},
      {"view", [&] { (void)isthmus::view::map(taken); }},
      {"view, reserved",
       [&] { (void)isthmus::view::map(section::create({.size = 4096, .reserve = true})); }},
      {"view, out of range",
       [&] { (void)isthmus::view::map(taken, {.offset = 4096, .length = 1}, ec); }},
      {"mutex", [&] { mutex::create({.name = name}).lock(); }},
      {"mutex, a thread's", [&] { support::in_thread([] { return mutex::create().lock(); }); }},
      {"from native",
       [&] {
         (void)isthmus::section_from_native(support::copy_of(isthmus::native_handle(taken)),
                                            access::read);
       }},
      {"clean", [&] { (void)isthmus::clean(); }}};
  for (const auto& [text, call] : calls) {
    INFO(text);
    const auto [descriptors, maps] = left_by(call);
    CHECK(descriptors == 0);
    CHECK(maps == 0);
  }
}

TEST_CASE("further handles in one process cost no descriptor", "[descriptors]") {
  const auto name = support::unique_name("cost");
  const auto object = section::create(of(name));
  const auto guard = mutex::create({.name = name + ".guard"});
  const auto before = support::open_handles();
  std::vector<section> sections;
  std::vector<mutex> mutexes;
  for (int i = 0; i < 100; ++i) {
    sections.push_back(i % 2 == 0 ? section::open({.name = name}) : object.duplicate());
    mutexes.push_back(i % 2 == 0 ? mutex::open({.name = name + ".guard"}) : guard.duplicate());
  }
  CHECK(support::open_handles() == before);
  for (int i = 0; i < 100; ++i)
    sections.push_back(section::open({.name = name, .access = access::read}));
  CHECK(support::open_handles() == before + section_descriptors);
}

TEST_CASE("every descriptor is closed when a program is started", "[descriptors]") {
  const auto name = support::unique_name("cost");
  const auto made = section::create(of(name));
  const auto narrow = section::open({.name = name, .access = access::read});
  const auto unnamed = section::create({.size = 4096, .reserve = true});
  const auto view = isthmus::view::map(unnamed);
  const auto file = section::from_file(support::program(), {.name = name + ".file"});
  auto guard = mutex::create({.name = name + ".guard", .initially_owned = true});
  int ours = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const auto target = std::filesystem::read_symlink(entry, ignored).string();
    if (target.find("isthmus") == std::string::npos && target != support::program()) continue;
    INFO(target);
    ++ours;
    CHECK((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(ours >= 7);
}

TEST_CASE("ten thousand objects cost a descriptor each, or two, and at most a mapping",
          "[descriptors]") {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const int count = 10'000;
  if (limit.rlim_cur < count / 2 * (section_descriptors + 1) + 100)
    SKIP("only " << limit.rlim_cur << " descriptors are allowed");
  const auto name = support::unique_name("cost");
  const auto descriptors = support::open_handles();
  const auto maps = mappings();
  {
    std::vector<section> sections;
    std::vector<mutex> mutexes;
    for (int i = 0; i < count / 2; ++i) {
      sections.push_back(section::create(of(name + std::to_string(i))));
      mutexes.push_back(mutex::create({.name = name + "m" + std::to_string(i)}));
    }
    CHECK(support::open_handles() <= descriptors + count / 2 * (section_descriptors + 1));
    CHECK(mappings() <= maps + count / 2);
    CHECK(mutexes.back().lock() == isthmus::wait_status::signaled);
  }
  CHECK(support::open_handles() <= descriptors + 2);  // the session directory and the record
  CHECK(anchors().empty());
}
