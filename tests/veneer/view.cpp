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

CHILD(committer) {
  const handle section(OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, io.argument(0).c_str()));
  const mapped view(section);
  const bool before = view.facts(64 * KiB).State == MEM_COMMIT;
  CHILD_REQUIRE(VirtualAlloc(view.base(), 1, MEM_COMMIT, PAGE_READWRITE) == view.base());
  view.data()[0] = 'c';
  io.send(before ? "committed" : "reserved");
  return 0;
}

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
              {FILE_MAP_EXECUTE | FILE_MAP_COPY, PAGE_EXECUTE_WRITECOPY}};
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

TEST_CASE("a view's memory tells where it begins and how far it goes (VIEW-32, SEC-24)",
          "[veneer][view]") {
  const handle made(memory(200 * KiB));
  const mapped view(made, FILE_MAP_READ);
  const auto inner = view.facts(100 * KiB + 1);
  CHECK(inner.BaseAddress == static_cast<char*>(view.base()) + 100 * KiB);
  CHECK(inner.AllocationBase == view.base());
  CHECK(inner.RegionSize == 100 * KiB);
  CHECK(inner.State == MEM_COMMIT);
  CHECK(inner.Type == MEM_MAPPED);
  MEMORY_BASIC_INFORMATION facts;
  SetLastError(untouched);
  CHECK(VirtualQuery(view.base(), &facts, sizeof facts - 1) == 0);
  CHECK(GetLastError() == ERROR_BAD_LENGTH);
}

TEST_CASE("reserved memory is committed part by part, for every view and process (SEC-18)",
          "[veneer][view]") {
  const std::string name = unique_name("reserve");
  const handle made(memory(1024 * KiB, PAGE_READWRITE | SEC_RESERVE, name));
  const handle opened(open_memory(FILE_MAP_ALL_ACCESS, name));
  const mapped one(made);
  const mapped two(opened);
  CHECK(one.facts().State == MEM_RESERVE);
  CHECK(one.facts().Protect == 0);
  CHECK(one.facts().AllocationProtect == PAGE_READWRITE);
  CHECK(two.facts().RegionSize == 1024 * KiB);

  char* const part = static_cast<char*>(one.base()) + 64 * KiB;
  CHECK(VirtualAlloc(part + 10, 64 * KiB - 10, MEM_COMMIT, PAGE_READWRITE) == part);
  for (const mapped* view : {&one, &two}) {
    CHECK(view->facts(0).RegionSize == 64 * KiB);
    CHECK(view->facts(64 * KiB).State == MEM_COMMIT);
    CHECK(view->facts(64 * KiB).Protect == PAGE_READWRITE);
    CHECK(view->facts(64 * KiB).RegionSize == 64 * KiB);
    CHECK(view->facts(128 * KiB).State == MEM_RESERVE);
  }
  one.data()[64 * KiB] = 'x';
  CHECK(two.data()[64 * KiB] == 'x');
  CHECK(VirtualAlloc(part, 1, MEM_COMMIT, PAGE_READWRITE) == part);
  CHECK(two.data()[64 * KiB] == 'x');
  CHECK(refusal_of([&] { return VirtualFree(part, 64 * KiB, MEM_DECOMMIT); }) ==
        ERROR_INVALID_PARAMETER);

  support::child other("committer", {name});
  other.expect("committed");
  CHECK(other.exit_code() == 0);
  CHECK(one.facts().State == MEM_COMMIT);
  CHECK(one.data()[0] == 'c');
}

TEST_CASE("memory is committed within one view, and stays so (SEC-18, VIEW-26)", "[veneer][view]") {
  const handle made(memory(256 * KiB, PAGE_READWRITE | SEC_RESERVE));
  const mapped view(made, FILE_MAP_WRITE, 64 * KiB, 64 * KiB);
  const auto refusal = [&](SIZE_T size) {
    return refusal_of([&] {
      return VirtualAlloc(view.base(), size, MEM_COMMIT, PAGE_READWRITE) != nullptr ? TRUE : FALSE;
    });
  };
  CHECK(refusal(0) == ERROR_INVALID_PARAMETER);
  CHECK(refusal(64 * KiB + 1) == ERROR_INVALID_ADDRESS);
  CHECK(refusal(64 * KiB) == not_refused);
  CHECK(view.facts().State == MEM_COMMIT);
  CHECK(view.facts().RegionSize == 64 * KiB);
  for (const DWORD how : {MEM_RELEASE, MEM_DECOMMIT})
    CHECK(refusal_of([&] {
            return VirtualFree(view.base(), how == MEM_RELEASE ? 0 : 4096, how);
          }) == ERROR_INVALID_PARAMETER);
  view.data()[0] = 'v';
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
