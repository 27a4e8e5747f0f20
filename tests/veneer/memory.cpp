// SPDX-License-Identifier: MIT
//
// The memory of views: what is told about it, how it is committed and protected.
#include "mappings.hpp"
#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>

using namespace veneer_tests;
using support::unique_name;

CHILD(committer) {
  const handle section(OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, io.argument(0).c_str()));
  const mapped view(section);
  const bool before = view.facts(64 * KiB).State == MEM_COMMIT;
  CHILD_REQUIRE(VirtualAlloc(view.base(), 1, MEM_COMMIT, PAGE_READWRITE) == view.base());
  view.data()[0] = 'c';
  io.send(before ? "committed" : "reserved");
  return 0;
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

TEST_CASE("committed pages are committed again, with less protection too (SEC-18, VIEW-22)",
          "[veneer][view]") {
  for (const DWORD kind : {SEC_RESERVE, SEC_COMMIT}) {
    CAPTURE(kind);
    const handle made(memory(256 * KiB, PAGE_READWRITE | kind));
    const mapped view(made);
    const mapped other(made);
    char* const base = static_cast<char*>(view.base());
    const SIZE_T page = whole_pages(1);
    const auto commit = [&](SIZE_T from, SIZE_T size, DWORD protection, DWORD how = MEM_COMMIT) {
      SetLastError(untouched);
      return VirtualAlloc(base + from, size, how, protection) == base + from ? not_refused
                                                                             : GetLastError();
    };
    REQUIRE(commit(0, 64 * KiB, PAGE_READWRITE) == not_refused);
    view.data()[3 * page] = 'k';
    CHECK(commit(0, 64 * KiB, PAGE_READWRITE) == not_refused);
    CHECK(commit(page, 2 * page, PAGE_READONLY) == not_refused);
    CHECK(commit(2 * page, 1, PAGE_NOACCESS, MEM_COMMIT | MEM_TOP_DOWN) == not_refused);
    CHECK(view.facts(0).Protect == PAGE_READWRITE);
    CHECK(view.facts(0).RegionSize == page);
    CHECK(view.facts(page).Protect == PAGE_READONLY);
    CHECK(view.facts(page).RegionSize == page);
    CHECK(view.facts(2 * page).Protect == PAGE_NOACCESS);
    CHECK(view.facts(2 * page).AllocationProtect == PAGE_READWRITE);
    CHECK(view.facts(3 * page).Protect == PAGE_READWRITE);
    CHECK(other.facts().Protect == PAGE_READWRITE);
    CHECK(view.data()[3 * page] == 'k');
    // More again, as far as the view itself goes, and also where half of it is not committed yet.
    CHECK(commit(0, 128 * KiB, PAGE_READWRITE) == not_refused);
    CHECK(view.facts().Protect == PAGE_READWRITE);
    CHECK(view.facts().RegionSize == (kind == SEC_COMMIT ? 256 * KiB : 128 * KiB));
    view.data()[2 * page] = 'w';
    CHECK(other.data()[2 * page] == 'w');
    CHECK(commit(0, page, PAGE_EXECUTE_READWRITE) == ERROR_INVALID_PARAMETER);
    CHECK(commit(0, page, 0) == ERROR_INVALID_PARAMETER);
    CHECK(commit(0, page, PAGE_READONLY | PAGE_READWRITE) == ERROR_INVALID_PARAMETER);
    const mapped read(made, FILE_MAP_READ);
    CHECK(VirtualAlloc(read.base(), page, MEM_COMMIT, PAGE_READONLY) == read.base());
    CHECK(VirtualAlloc(read.base(), page, MEM_COMMIT, PAGE_READWRITE) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
  }
}

TEST_CASE("IsBadReadPtr and IsBadWritePtr know what may be touched, at any address",
          "[veneer][view]") {
  const handle made(memory(192 * KiB));
  const auto page = static_cast<UINT_PTR>(whole_pages(1));
  char mine = 'm';
  CHECK_FALSE(IsBadReadPtr(&mine, 1));
  CHECK_FALSE(IsBadWritePtr(&mine, 1));
  CHECK(mine == 'm');
  CHECK_FALSE(IsBadReadPtr("constant", 8));
  for (const UINT_PTR bytes : {UINT_PTR{1}, page, 10 * page}) {
    CHECK(IsBadReadPtr(nullptr, bytes));
    CHECK(IsBadWritePtr(nullptr, bytes));
  }
  CHECK_FALSE(IsBadReadPtr(nullptr, 0));
  CHECK_FALSE(IsBadWritePtr(nullptr, 0));
  for (const std::uintptr_t wild : {std::uintptr_t{1}, std::uintptr_t{0x123}, ~std::uintptr_t{0},
                                    ~std::uintptr_t{0} / 2, ~std::uintptr_t{0} - 4095}) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): wild addresses are what this is for
    void* const at = reinterpret_cast<void*>(wild);
    CHECK(IsBadReadPtr(at, 1));
    CHECK(IsBadWritePtr(at, 1));
  }
  CHECK(IsBadReadPtr(&mine, ~UINT_PTR{0}));

  const mapped writes(made);
  const mapped reads(made, FILE_MAP_READ);
  mapped nothing(made, 0);
  writes.data()[3] = 'k';
  for (const UINT_PTR from : {UINT_PTR{0}, UINT_PTR{3}, page - 1}) {
    char* const in_writes = static_cast<char*>(writes.base()) + from;
    char* const in_reads = static_cast<char*>(reads.base()) + from;
    char* const in_nothing = static_cast<char*>(nothing.base()) + from;
    for (const UINT_PTR bytes : {UINT_PTR{1}, UINT_PTR{2}, 3 * page}) {
      CHECK_FALSE(IsBadReadPtr(in_writes, bytes));
      CHECK_FALSE(IsBadWritePtr(in_writes, bytes));
      CHECK_FALSE(IsBadReadPtr(in_reads, bytes));
      CHECK(IsBadWritePtr(in_reads, bytes));
      CHECK(IsBadReadPtr(in_nothing, bytes));
      CHECK(IsBadWritePtr(in_nothing, bytes));
    }
  }
  CHECK(writes.data()[3] == 'k');
  // A page in the middle decides.
  char* const second = static_cast<char*>(writes.base()) + page;
  REQUIRE(VirtualAlloc(second, 1, MEM_COMMIT, PAGE_READONLY) == second);
  CHECK_FALSE(IsBadReadPtr(writes.base(), 3 * page));
  CHECK(IsBadWritePtr(writes.base(), 3 * page));
  CHECK_FALSE(IsBadWritePtr(writes.base(), page));
  void* const gone = nothing.base();
  CHECK(nothing.unmap());
  CHECK(IsBadReadPtr(gone, 1));
}
