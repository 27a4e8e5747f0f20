// SPDX-License-Identifier: MIT
//
// Views: where they lie, what they allow, how they end, and what is told about their memory.
#include "mappings.hpp"
#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace veneer_tests;
using support::unique_name;

namespace {

std::uintptr_t number(LPCVOID address) { return reinterpret_cast<std::uintptr_t>(address); }

DWORD unmap_refusal(LPCVOID address) {
  return refusal_of([&] { return UnmapViewOfFile(address); });
}

DWORD flush_refusal(LPCVOID address, SIZE_T length) {
  return refusal_of([&] { return FlushViewOfFile(address, length); });
}

bool either(DWORD error, DWORD one, DWORD other) { return error == one || error == other; }

}  // namespace

TEST_CASE("the handle is asked first, then the section's pages (VIEW-01, VIEW-02, VIEW-07)",
          "[veneer][view]") {
  const handle own(memory(4096, PAGE_READONLY));
  CHECK(map_refusal(own, FILE_MAP_WRITE) == ERROR_ACCESS_DENIED);
  CHECK(map_refusal(own, FILE_MAP_READ | FILE_MAP_EXECUTE) == ERROR_ACCESS_DENIED);
  const handle wider(copy_of(own, SECTION_ALL_ACCESS));
  REQUIRE(wider != nullptr);
  CHECK(map_refusal(wider, FILE_MAP_READ) == not_refused);
  if (under_wine()) SKIP("Wine does not look at the pages' protection (VIEW-02)");
  CHECK(map_refusal(wider, FILE_MAP_WRITE) == ERROR_INVALID_PARAMETER);
  CHECK(map_refusal(wider, FILE_MAP_READ | FILE_MAP_EXECUTE) == ERROR_INVALID_PARAMETER);
}

TEST_CASE(
    "what is asked for makes the protection; a copy is private only when asked for alone "
    "(VIEW-03, VIEW-04, VIEW-07)",
    "[veneer][view]") {
  const handle made(memory(4096, PAGE_EXECUTE_READWRITE));
  constexpr struct {
    DWORD access;
    DWORD protection;
  } rows[] = {{FILE_MAP_READ, PAGE_READONLY},
              {FILE_MAP_WRITE, PAGE_READWRITE},
              {FILE_MAP_READ | FILE_MAP_WRITE, PAGE_READWRITE},
              {FILE_MAP_ALL_ACCESS, PAGE_READWRITE},
              {FILE_MAP_COPY, PAGE_WRITECOPY},
              {FILE_MAP_COPY | FILE_MAP_READ, PAGE_READONLY},
              {FILE_MAP_COPY | FILE_MAP_WRITE, PAGE_READWRITE},
              {FILE_MAP_EXECUTE | FILE_MAP_READ, PAGE_EXECUTE_READ},
              {FILE_MAP_EXECUTE | FILE_MAP_WRITE, PAGE_EXECUTE_READWRITE},
              {FILE_MAP_EXECUTE | FILE_MAP_COPY, PAGE_EXECUTE_WRITECOPY},
              {FILE_MAP_EXECUTE, PAGE_NOACCESS},
              {FILE_MAP_COPY | SECTION_MAP_EXECUTE, PAGE_NOACCESS},
              {FILE_MAP_EXECUTE | FILE_MAP_COPY | SECTION_MAP_EXECUTE, PAGE_NOACCESS}};
  for (const auto& row : rows) {
    CAPTURE(row.access);
    const mapped view(made, row.access);
    REQUIRE(view);
    CHECK(view.facts().Protect == row.protection);
    CHECK(view.facts().AllocationProtect == row.protection);
  }
  const mapped shared(made, FILE_MAP_COPY | FILE_MAP_WRITE);
  shared.data()[0] = 's';
  CHECK(mapped(made, FILE_MAP_READ).data()[0] == 's');
}

TEST_CASE("a view to execute alone is one without access, and needs what that needs (VIEW-08)",
          "[veneer][view]") {
  const handle made(memory(4096, PAGE_EXECUTE_READ));
  const handle reading(copy_of(made, SECTION_MAP_READ));
  const handle running(copy_of(made, SECTION_MAP_EXECUTE));
  CHECK(map_refusal(reading, FILE_MAP_EXECUTE) == not_refused);
  CHECK(map_refusal(running, FILE_MAP_EXECUTE) == ERROR_ACCESS_DENIED);
  CHECK(map_refusal(handle(memory(4096)), FILE_MAP_EXECUTE) == not_refused);
}

TEST_CASE("a view without any access needs the right to read (VIEW-08)", "[veneer][view]") {
  const handle made(memory(4096));
  const mapped view(made, 0);
  REQUIRE(view);
  CHECK(view.facts().Protect == PAGE_NOACCESS);
  const handle nothing(copy_of(made, 0));
  CHECK(map_refusal(nothing, 0) == ERROR_ACCESS_DENIED);
}

TEST_CASE("an offset is a multiple of 64 KiB, before its range counts (VIEW-09, VIEW-11 to -13)",
          "[veneer][view]") {
  const handle made(memory(200 * KiB));
  CHECK(map_refusal(made, FILE_MAP_WRITE, 1) == ERROR_MAPPED_ALIGNMENT);
  CHECK(map_refusal(made, FILE_MAP_WRITE, 4096) == ERROR_MAPPED_ALIGNMENT);
  CHECK(map_refusal(made, FILE_MAP_WRITE, 1024 * KiB + 1) == ERROR_MAPPED_ALIGNMENT);
  const mapped all(made);
  all.data()[64 * KiB] = 'b';
  const mapped rest(made, FILE_MAP_READ, 64 * KiB);
  CHECK(rest.data()[0] == 'b');
  CHECK(rest.facts().RegionSize == 136 * KiB);
  CHECK(map_refusal(made, FILE_MAP_READ, 64 * KiB, 136 * KiB) == not_refused);
  CHECK(map_refusal(made, FILE_MAP_READ, 64 * KiB, 136 * KiB + 1) == ERROR_ACCESS_DENIED);
  CHECK(map_refusal(made, FILE_MAP_READ, 0, 1024 * KiB) == ERROR_ACCESS_DENIED);
  for (const std::uint64_t offset : {std::uint64_t{256 * KiB}, std::uint64_t{1} << 40})
    CHECK(either(map_refusal(made, FILE_MAP_READ, offset), ERROR_ACCESS_DENIED,
                 ERROR_INVALID_PARAMETER));
}

TEST_CASE(
    "a view begins at a multiple of 64 KiB, each at its own, and ends with a page "
    "(VIEW-10, VIEW-15, VIEW-16)",
    "[veneer][view]") {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  CHECK(system.dwAllocationGranularity == 64 * KiB);
  CHECK(64 * KiB % system.dwPageSize == 0);
  const handle made(memory(200 * KiB));
  std::vector<mapped> views;
  std::vector<std::uintptr_t> bases;
  for (const SIZE_T length : {SIZE_T{1}, SIZE_T{4097}, 70 * KiB, SIZE_T{0}, 200 * KiB}) {
    const auto& view = views.emplace_back(made, FILE_MAP_WRITE, 0, length);
    REQUIRE(view);
    CHECK(number(view.base()) % (64 * KiB) == 0);
    CHECK(view.facts().RegionSize == whole_pages(length != 0 ? length : 200 * KiB));
    CHECK(number(view.base()) >= number(system.lpMinimumApplicationAddress));
    CHECK(number(view.base()) <= number(system.lpMaximumApplicationAddress));
    bases.push_back(number(view.base()));
    views.front().data()[0] = static_cast<char>(views.size());
    CHECK(view.data()[0] == static_cast<char>(views.size()));
  }
  std::sort(bases.begin(), bases.end());
  CHECK(std::adjacent_find(bases.begin(), bases.end()) == bases.end());
}

TEST_CASE("a fixed address is taken if it is free, and nothing is replaced (VIEW-17)",
          "[veneer][view]") {
  const handle made(memory(200 * KiB));
  mapped first(made);
  first.data()[0] = 'f';
  char* const base = static_cast<char*>(first.base());
  CHECK(map_refusal(made, FILE_MAP_WRITE, 0, 0, base) == ERROR_INVALID_ADDRESS);
  CHECK(map_refusal(made, FILE_MAP_WRITE, 0, 0, base + 64 * KiB) == ERROR_INVALID_ADDRESS);
  CHECK(map_refusal(made, FILE_MAP_WRITE, 0, 0, base + 4096) == ERROR_MAPPED_ALIGNMENT);
  CHECK(first.data()[0] == 'f');
  CHECK(first.unmap());
  const mapped again(made, FILE_MAP_WRITE, 64 * KiB, 1, base);
  CHECK(again.base() == base);
  if (under_wine()) SKIP("Wine takes addresses of the kernel");
  const auto kernel = ~std::uintptr_t{0} - 1024 * KiB + 1;
  if (sizeof kernel == 8)
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address where nothing can be
    CHECK(map_refusal(made, FILE_MAP_WRITE, 0, 0, reinterpret_cast<LPVOID>(kernel)) ==
          ERROR_INVALID_PARAMETER);
}

TEST_CASE("only a section's handle can be mapped (VIEW-18)", "[veneer][view]") {
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  handle closed(memory(4096));
  const HANDLE stale = closed;
  closed.close();
  for (const HANDLE wrong : {HANDLE{nullptr}, INVALID_HANDLE_VALUE, HANDLE{event}, stale})
    CHECK(map_refusal(wrong, FILE_MAP_READ) == ERROR_INVALID_HANDLE);
}

TEST_CASE("what is written copy-on-write is that view's alone (VIEW-19, VIEW-20)",
          "[veneer][view]") {
  const handle made(memory(128 * KiB));
  const mapped shared(made);
  const mapped copy(made, FILE_MAP_COPY);
  shared.data()[64 * KiB] = '1';
  CHECK(copy.data()[64 * KiB] == '1');
  copy.data()[0] = 'c';
  CHECK(shared.data()[0] == 0);
  shared.data()[1] = 's';
  CHECK(copy.data()[1] == 0);
  shared.data()[64 * KiB] = '2';
  CHECK(copy.data()[64 * KiB] == '2');
  CHECK(mapped(made, FILE_MAP_COPY).data()[0] == 0);
}

TEST_CASE("any address in a view unmaps all of it, once (VIEW-24, VIEW-25)", "[veneer][view]") {
  const handle made(memory(200 * KiB));
  for (const SIZE_T inner : {SIZE_T{0}, SIZE_T{1}, 70 * KiB, 200 * KiB - 1}) {
    CAPTURE(inner);
    const mapped other(made);
    char* const base = static_cast<char*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0));
    CHECK(quietly([&] { return UnmapViewOfFile(base + inner); }));
    for (const SIZE_T offset : {SIZE_T{0}, inner, 100 * KiB})
      CHECK(unmap_refusal(base + offset) == ERROR_INVALID_ADDRESS);
    other.data()[0] = 'o';
  }
  CHECK(unmap_refusal(nullptr) == ERROR_INVALID_ADDRESS);
  const auto own = std::make_unique<char[]>(256 * KiB);
  CHECK(unmap_refusal(own.get() + 64 * KiB) == ERROR_INVALID_ADDRESS);
}

TEST_CASE("flushing takes any range of a view, of memory or read-only as well (VIEW-28)",
          "[veneer][view]") {
  const handle made(memory(200 * KiB));
  const mapped view(made);
  char* const base = static_cast<char*>(view.base());
  CHECK(quietly([&] { return FlushViewOfFile(base, 0); }));
  CHECK(flush_refusal(base + 5000, 10) == not_refused);
  CHECK(flush_refusal(base + 5000, 200 * KiB - 5000) == not_refused);
  CHECK(flush_refusal(base, 200 * KiB + 1) == ERROR_INVALID_PARAMETER);
  const mapped reading(made, FILE_MAP_READ);
  CHECK(flush_refusal(reading.base(), 0) == not_refused);
  mapped gone(made);
  char* const nowhere = static_cast<char*>(gone.base());
  gone.unmap();
  CHECK(either(flush_refusal(nowhere, 0), ERROR_INVALID_PARAMETER, ERROR_INVALID_ADDRESS));
}

TEST_CASE("threads map and unmap at once, and meet nobody else's views (VIEW-15, VIEW-24)",
          "[veneer][view]") {
  const handle made(memory(200 * KiB));
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  threads.reserve(wrong.size());
  for (std::size_t id = 0; id < wrong.size(); ++id)
    threads.emplace_back([&, id] {
      const handle own(memory(200 * KiB));
      for (std::size_t i = 0; i < 200; ++i) {
        const mapped view(own, FILE_MAP_WRITE, 0, 1 + i % 3 * 70 * KiB);
        const mapped shared(made, FILE_MAP_READ);
        if (!view || !shared || number(view.base()) % (64 * KiB) != 0) ++wrong[id];
        if (!view) continue;
        if (i > 0 && view.data()[0] != static_cast<char>(id + 1)) ++wrong[id];
        view.data()[0] = static_cast<char>(id + 1);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(std::count(wrong.begin(), wrong.end(), 0) == 4);
}
