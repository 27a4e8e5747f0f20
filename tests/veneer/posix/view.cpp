// SPDX-License-Identifier: MIT
//
// What only the veneer promises of its views and files: how they are after a fork.
#include "support/files.hpp"
#include "support/limits.hpp"
#include "support/threads.hpp"

#include "veneer/files.hpp"
#include "veneer/posix/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include <unistd.h>

using namespace veneer_tests;
using support::ready;
using support::worker;

namespace {

/// In the child: the view of before is there, and goes; another one comes.
int use_views(HANDLE section, const mapped& before) {
  if (before.data()[0] != 'p') return 1;
  before.data()[1] = 'c';
  if (UnmapViewOfFile(static_cast<char*>(before.base()) + 70 * KiB) == FALSE) return 2;
  if (UnmapViewOfFile(before.base()) != FALSE) return 3;
  const mapped after(section, FILE_MAP_READ);
  return after && after.data()[1] == 'c' ? 0 : 4;
}

}  // namespace

TEST_CASE("a fork's child has its parent's views, whatever other threads were doing with theirs",
          "[veneer][view]") {
  const handle section(memory(200 * KiB));
  const mapped view(section);
  view.data()[0] = 'p';
  std::atomic<bool> done{false};
  worker mapper;
  auto result = mapper.start([&] {
    bool all = true;
    while (!done) all = mapped(section, FILE_MAP_READ) && all;
    return all;
  });
  for (int i = 0; i < 20; ++i) {
    view.data()[1] = 0;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(use_views(section, view));
    REQUIRE(ended(child) == 0);
    CHECK(view.data()[1] == 'c');
  }
  done = true;
  REQUIRE(ready(result));
  CHECK(result.get());
}

TEST_CASE("a file deleted on close is the parent's to delete", "[veneer][file]") {
  const one_file there("content");
  handle file(open_file(there.name(), read_write, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE));
  const pid_t child = ::fork();
  if (child == 0) {
    CloseHandle(file);
    ::_exit(std::filesystem::exists(there.path) ? 0 : 1);
  }
  CHECK(ended(child) == 0);
  file.close();
  CHECK_FALSE(std::filesystem::exists(there.path));
}

TEST_CASE("no other file is deleted on close, however its folder is exchanged", "[veneer][file]") {
  const one_file there("content");
  const auto base = there.folder.path();
  const auto current = base / "current";
  for (const auto* folder : {"one", "other"}) std::filesystem::create_directory(base / folder);
  support::write_file(base / "other" / "file", "of another");
  const auto lead_to = [&](const char* folder) {
    std::filesystem::create_symlink(folder, base / "next");
    std::filesystem::rename(base / "next", current);
  };
  std::atomic<bool> exchanging{false};
  std::atomic<bool> exchanges{false};
  std::atomic<bool> over{false};
  worker exchanger;
  auto result = exchanger.start([&] {
    while (!over) {
      exchanges = exchanging.load();
      for (const auto* folder : {"other", "one"})
        if (exchanges) lead_to(folder);
    }
    return true;
  });
  lead_to("one");
  int deleted = 0;
  const auto end = support::clock::now() + std::chrono::seconds(2) / support::less_factor();
  for (int round = 0; round < 2000 && support::clock::now() < end; ++round) {
    support::write_file(base / "one" / "file", "content");
    handle file(open_file(support::to_text(current / "file"), read_write, OPEN_EXISTING,
                          FILE_FLAG_DELETE_ON_CLOSE));
    exchanging = true;
    REQUIRE(support::eventually([&] { return exchanges.load(); }));
    file.close();
    exchanging = false;
    REQUIRE(support::eventually([&] { return !exchanges; }));
    if (!std::filesystem::exists(base / "one" / "file")) ++deleted;
    if (!std::filesystem::exists(base / "other" / "file")) break;
  }
  over = true;
  REQUIRE(ready(result));
  CHECK(result.get());
  CHECK(std::filesystem::exists(base / "other" / "file"));
  CHECK(deleted > 0);
}

TEST_CASE("IsBadWritePtr takes nothing away that another thread writes meanwhile",
          "[veneer][view]") {
  const handle made(memory(4096));
  const mapped view(made);
  auto* const counter = static_cast<volatile std::uint32_t*>(view.base());
  std::atomic<bool> stop{false};
  worker asking;
  auto result = asking.start([&] {
    int bad = 0;
    while (!stop) {
      // The word that is counted, and one byte of it.
      if (IsBadWritePtr(view.base(), 4096) != FALSE) ++bad;
      if (IsBadWritePtr(static_cast<char*>(view.base()) + 1, 1) != FALSE) ++bad;
    }
    return bad;
  });
  constexpr std::uint32_t rounds = 20'000'000;
  for (std::uint32_t i = 0; i < rounds; ++i) *counter = *counter + 1;
  stop = true;
  REQUIRE(ready(result));
  CHECK(result.get() == 0);
  CHECK(*counter == rounds);
}

TEST_CASE("IsBadReadPtr finds what lies behind the end of a file bad", "[veneer][view]") {
  const one_file from(std::string(whole_pages(1) + 1, 'x'));
  const handle file(open_file(from.name()));
  const handle made(mapping_forms[0].create(file, nullptr, PAGE_READWRITE, 0, nullptr));
  const mapped view(made, FILE_MAP_READ);
  REQUIRE(view);
  char* const second = static_cast<char*>(view.base()) + whole_pages(1);
  CHECK_FALSE(IsBadReadPtr(view.base(), 2 * whole_pages(1)));
  REQUIRE(::truncate(from.name().c_str(), 10) == 0);
  CHECK(IsBadReadPtr(second, 1));
  CHECK_FALSE(IsBadReadPtr(view.base(), 10));
}
