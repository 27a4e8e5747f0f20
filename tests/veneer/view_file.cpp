// SPDX-License-Identifier: MIT
//
// Views of files on a disk, of all sizes: file systems with huge pages put large mappings elsewhere
// than small ones.
#include "files.hpp"
#include "support/system.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>

using namespace veneer_tests;

namespace {

constexpr std::uint64_t in_mib = std::uint64_t{1024} * 1024;
constexpr std::uint64_t in_gib = 1024 * in_mib;

std::uintptr_t place_of(LPCVOID address) { return reinterpret_cast<std::uintptr_t>(address); }

/// Maps anywhere, then at that very place, while it is taken and when it is free again.
void maps_again(HANDLE section, DWORD access, std::uint64_t offset, std::uint64_t rest) {
  mapped first(section, access, offset);
  REQUIRE(first);
  CHECK(place_of(first.base()) % (64 * KiB) == 0);
  const LPVOID place = first.base();
  CHECK(map_refusal(section, access, offset, 0, place) == ERROR_INVALID_ADDRESS);
  CHECK(first.unmap());
  const mapped again(section, access, offset, 0, place);
  CHECK(again.base() == place);
  REQUIRE(again);
  CHECK(again.data()[0] == 0);
  CHECK(again.data()[rest - 1] == 0);
}

}  // namespace

TEST_CASE(
    "a file on a disk can be mapped whatever its size, in each way (VIEW-03, VIEW-15, VIEW-17)",
    "[veneer][view]") {
  const auto disk = support::disk_directory();
  if (!disk) SKIP("files of all directories that were tried are in memory");
  const support::temporary_folder folder(*disk);
  const auto path = folder / "file";
  for (const std::uint64_t size :
       {std::uint64_t{1}, 64 * KiB + std::uint64_t{1}, in_mib, 2 * in_mib - 1, 2 * in_mib,
        2 * in_mib + 1, 67 * in_mib, in_gib, 5 * in_gib}) {
    if (sizeof(void*) == 4 && size > 256 * in_mib) continue;
    CAPTURE(size);
    support::make_sparse_file(path, size);
    const handle file(open_file(support::to_text(path)));
    REQUIRE(file != INVALID_HANDLE_VALUE);
    const handle made(mapping_forms[0].create(file, nullptr, PAGE_READWRITE, 0, nullptr));
    REQUIRE(made != nullptr);
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{64 * KiB}, 2 * in_mib}) {
      if (offset >= size) continue;
      for (const DWORD access : {FILE_MAP_WRITE, FILE_MAP_READ, FILE_MAP_COPY}) {
        CAPTURE(offset, access);
        maps_again(made, access, offset, size - offset);
      }
    }
  }
}
