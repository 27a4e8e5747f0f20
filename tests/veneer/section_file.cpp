// SPDX-License-Identifier: MIT
//
// Sections of files.
#include "files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <iterator>

using namespace veneer_tests;
using support::unique_name;

namespace {

HANDLE section_of(HANDLE file, DWORD protection = PAGE_READWRITE, std::uint64_t size = 0,
                  const std::string& name = {}) {
  return mapping_forms[0].create(file, nullptr, protection, size,
                                 name.empty() ? nullptr : name.c_str());
}

DWORD section_refusal(HANDLE file, DWORD protection = PAGE_READWRITE, std::uint64_t size = 0) {
  return refusal_of([&] { return section_of(file, protection, size); });
}

}  // namespace

TEST_CASE("a file's section has its size to the byte, as it was then (SEC-04, SEC-06, SEC-23)",
          "[veneer][section]") {
  for (const auto& form : mapping_forms) {
    CAPTURE(form.word);
    const one_file from(std::string(5000, 'x'));
    const handle file(open_file(from.name()));
    const handle made(form.create(file, nullptr, PAGE_READWRITE, 0, nullptr));
    REQUIRE(made != nullptr);
    CHECK(map_refusal(made, FILE_MAP_READ, 0, 5000) == not_refused);
    CHECK(map_refusal(made, FILE_MAP_READ, 0, 5001) == ERROR_ACCESS_DENIED);  // VIEW-12
    CHECK(cut(file, 9000) != FALSE);
    CHECK(map_refusal(made, FILE_MAP_READ, 0, 5001) == ERROR_ACCESS_DENIED);
    CHECK(mapped(made).facts().RegionSize == whole_pages(5000));
  }
}

TEST_CASE("an empty file needs a size (SEC-07)", "[veneer][section]") {
  const one_file from("");
  const handle file(open_file(from.name()));
  CHECK(section_refusal(file) == ERROR_FILE_INVALID);
  CHECK(section_refusal(file, PAGE_READONLY) == ERROR_FILE_INVALID);
}

TEST_CASE("a section that can write makes the file as long as it is, by zeros (SEC-08, SEC-10)",
          "[veneer][section]") {
  const one_file from("0123456789");
  const handle file(open_file(from.name()));
  CHECK(section_refusal(file, PAGE_READWRITE, 4) == not_refused);
  CHECK(size_of(file) == 10);
  const handle part(section_of(file, PAGE_READWRITE, 4));
  CHECK(map_refusal(part, FILE_MAP_READ, 0, 5) == ERROR_ACCESS_DENIED);
  const handle longer(section_of(file, PAGE_READWRITE, 20));
  CHECK(size_of(file) == 20);
  CHECK(from.bytes() == "0123456789" + std::string(10, '\0'));
}

TEST_CASE("a section that cannot write does not (SEC-09)", "[veneer][section]") {
  const one_file from("0123456789");
  const handle file(open_file(from.name()));
  for (const DWORD protection : {PAGE_READONLY, PAGE_WRITECOPY})
    CHECK(section_refusal(file, protection, 11) == ERROR_NOT_ENOUGH_MEMORY);
  CHECK(size_of(file) == 10);
}

TEST_CASE("the file's handle must have the rights that the pages need (SEC-11, SEC-12, SEC-13)",
          "[veneer][section]") {
  const one_file from("content");
  constexpr struct {
    DWORD rights;
    const char* allowed;  // in the order of all_protections
  } rows[] = {{GENERIC_READ, "r.c..."},
              {GENERIC_WRITE, "......"},
              {GENERIC_READ | GENERIC_WRITE, "rwc..."},
              {GENERIC_READ | GENERIC_EXECUTE, "r.cr.c"},
              {GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, "rwcrwc"}};
  for (const auto& row : rows) {
    const handle file(open_file(from.name(), row.rights));
    REQUIRE(file != INVALID_HANDLE_VALUE);
    for (std::size_t i = 0; i < std::size(all_protections); ++i) {
      if (under_wine() && i >= 3) continue;  // it does not ask for the right to execute (SEC-12)
      CAPTURE(row.rights, i);
      CHECK(section_refusal(file, all_protections[i]) ==
            (row.allowed[i] != '.' ? not_refused : ERROR_ACCESS_DENIED));
    }
  }
}

TEST_CASE("copying pages of a file that can only be read leaves it alone (SEC-13, VIEW-19)",
          "[veneer][section]") {
  const one_file from("content");
  const handle file(open_file(from.name(), GENERIC_READ));
  const handle made(section_of(file, PAGE_WRITECOPY));
  const mapped copy(made, FILE_MAP_COPY);
  REQUIRE(copy);
  copy.data()[0] = 'C';
  CHECK(copy.data()[0] == 'C');
  CHECK(FlushViewOfFile(copy.base(), 0) != FALSE);
  CHECK(from.bytes() == "content");
}

TEST_CASE("large pages are for memory, not for files (SEC-15, SEC-21)", "[veneer][section]") {
  const one_file from("content");
  const handle file(open_file(from.name()));
  CHECK(section_refusal(file, PAGE_READWRITE | SEC_COMMIT | SEC_LARGE_PAGES) ==
        ERROR_INVALID_PARAMETER);
}

TEST_CASE("reserving is ignored for files, images must be programs (SEC-16, SEC-17)",
          "[veneer][section]") {
  const one_file from("content");
  const handle file(open_file(from.name()));
  const handle made(section_of(file, PAGE_READWRITE | SEC_RESERVE));
  REQUIRE(made != nullptr);
  CHECK(mapped(made).facts().State == MEM_COMMIT);
  CHECK(section_refusal(file, PAGE_READONLY | SEC_IMAGE) == ERROR_BAD_EXE_FORMAT);
}

TEST_CASE("what is no file backs no section (SEC-22)", "[veneer][section]") {
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  CHECK(section_refusal(event, PAGE_READWRITE, 10) == ERROR_INVALID_HANDLE);
  const one_file from("content");
  handle closed(open_file(from.name()));
  const HANDLE stale = closed;
  closed.close();
  CHECK(section_refusal(stale, PAGE_READONLY) == ERROR_INVALID_HANDLE);
  const handle folder(open_file(support::to_text(from.folder.path()), GENERIC_READ, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS));
  REQUIRE(folder != INVALID_HANDLE_VALUE);
  CHECK(section_refusal(folder, PAGE_READONLY, 10) != not_refused);
}

TEST_CASE("a mapped file is not cut short, and may become longer (SEC-25)", "[veneer][section]") {
  const one_file from("0123456789");
  const handle file(open_file(from.name()));
  handle made(section_of(file, PAGE_READONLY));
  const auto shorten = [&] { return refusal_of([&] { return cut(file, 5); }); };
  CHECK(shorten() == ERROR_USER_MAPPED_FILE);
  mapped view(made, FILE_MAP_READ);
  made.close();
  CHECK(shorten() == ERROR_USER_MAPPED_FILE);
  CHECK(file_refusal([&] { return open_file(from.name(), read_write, TRUNCATE_EXISTING); }) ==
        ERROR_USER_MAPPED_FILE);
  CHECK(cut(file, 30) != FALSE);
  CHECK(view.facts().RegionSize == whole_pages(10));
  view.unmap();
  CHECK(shorten() == not_refused);
  CHECK(size_of(file) == 5);
}

TEST_CASE("the file may be closed, and all its sections are one memory (SEC-27, SEC-28, SEC-30)",
          "[veneer][section]") {
  const one_file from("0123456789");
  handle file(open_file(from.name()));
  const handle one(section_of(file));
  file.close();
  handle again(open_file(from.name()));
  const handle two(section_of(again));
  const mapped first(one);
  const mapped second(two);
  first.data()[3] = 'x';
  CHECK(second.data()[3] == 'x');
  char buffer[4] = {};
  DWORD done = 0;
  CHECK(ReadFile(again, buffer, 4, &done, nullptr) != FALSE);
  CHECK(std::string(buffer, 4) == "012x");
  CHECK(WriteFile(again, "45", 2, &done, nullptr) != FALSE);
  CHECK(first.data()[4] == '4');
}

TEST_CASE("bytes behind the end are zero and never reach the file (VIEW-14, VIEW-30)",
          "[veneer][section]") {
  const one_file from("0123456789");
  const handle file(open_file(from.name()));
  handle made(section_of(file));
  mapped view(made);
  CHECK(view.data()[10] == 0);
  view.data()[10] = 'x';
  view.data()[9] = 'n';
  CHECK(FlushViewOfFile(view.base(), 0) != FALSE);  // VIEW-29
  CHECK(FlushFileBuffers(file) != FALSE);
  view.unmap();
  made.close();
  CHECK(from.bytes() == "012345678n");
}

TEST_CASE("a named section of a file is found without it, and leaves another file alone (CRE-06)",
          "[veneer][section]") {
  const one_file from("first");
  const one_file other("other");
  for (const auto& form : mapping_forms) {
    CAPTURE(form.word);
    const std::string name = unique_name("file");
    const handle file(open_file(from.name()));
    const handle second(open_file(other.name()));
    handle made(form.create(file, nullptr, PAGE_READWRITE, 0, name.c_str()));
    REQUIRE(made != nullptr);
    handle found;
    CHECK(error_after([&] {
            found = form.create(second, nullptr, PAGE_READWRITE, 5, name.c_str());
          }) == ERROR_ALREADY_EXISTS);
    CHECK(mapped(found).data()[0] == 'f');
    CHECK(size_of(second) == 5);
    handle opened(form.open(FILE_MAP_READ, FALSE, name.c_str()));
    CHECK(map_refusal(opened, FILE_MAP_READ, 0, 6) == ERROR_ACCESS_DENIED);
    for (handle* const one : {&made, &found, &opened}) one->close();
    CHECK(refusal_of([&] { return form.open(FILE_MAP_READ, FALSE, name.c_str()); }) ==
          ERROR_FILE_NOT_FOUND);
  }
}
