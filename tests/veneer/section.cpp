// SPDX-License-Identifier: MIT
//
// Sections of memory: how they are made, found and named, and what their handles may do.
#include "mappings.hpp"
#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <initializer_list>
#include <iterator>

using namespace veneer_tests;
using support::unique_name;

CHILD(section_holder) {
  const handle held(memory(4096, PAGE_READWRITE, io.argument(0)));
  const mapped view(held);
  view.data()[0] = 'h';
  io.send("ready");
  io.receive();
  return 0;
}

TEST_CASE("a section of memory needs a size, even where its name exists (SEC-01, SEC-02, CRE-02)",
          "[veneer][section]") {
  for (const auto& form : mapping_forms) {
    CAPTURE(form.word);
    const std::string name = unique_name("size");
    const auto refusal = [&](HANDLE file, const char* of) {
      return refusal_of([&] { return form.create(file, nullptr, PAGE_READWRITE, 0, of); });
    };
    CHECK(refusal(INVALID_HANDLE_VALUE, nullptr) == ERROR_INVALID_PARAMETER);
    CHECK(refusal(nullptr, nullptr) == ERROR_INVALID_PARAMETER);
    const handle made(form.create(nullptr, nullptr, PAGE_READWRITE, 1, name.c_str()));
    CHECK(mapped(made).facts().RegionSize == whole_pages(1));
    CHECK(refusal(INVALID_HANDLE_VALUE, name.c_str()) == ERROR_INVALID_PARAMETER);
  }
}

TEST_CASE("a section that is there is found as it is (NAME-18 to NAME-20, CRE-01, SEC-03, SEC-05)",
          "[veneer][section]") {
  for (const auto& form : mapping_forms) {
    CAPTURE(form.word);
    const std::string name = unique_name("found");
    handle made;
    handle found;
    handle opened;
    CHECK(error_after([&] {
            made = form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 5000, name.c_str());
          }) == ERROR_SUCCESS);
    CHECK(error_after([&] {
            found = form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 1, name.c_str());
          }) == ERROR_ALREADY_EXISTS);
    CHECK(error_after([&] { opened = form.open(FILE_MAP_READ, FALSE, name.c_str()); }) ==
          untouched);
    const mapped view(made);
    CHECK(std::all_of(view.data(), view.data() + whole_pages(5000),
                      [](char byte) { return byte == 0; }));
    CHECK(mapped(found).facts().RegionSize == whole_pages(5000));
    CHECK(mapped(opened, FILE_MAP_READ).facts().RegionSize == whole_pages(5000));
    view.data()[7] = 'x';
    CHECK(mapped(opened, FILE_MAP_READ).data()[7] == 'x');
  }
}

TEST_CASE("an open needs a name that is there and is a section's (NAME-04, -05, -17, -21)",
          "[veneer][section]") {
  for (const auto& form : mapping_forms) {
    CAPTURE(form.word);
    const std::string name = unique_name("kind");
    const auto open = [&](const char* of) {
      return refusal_of([&] { return form.open(FILE_MAP_READ, FALSE, of); });
    };
    CHECK(open(nullptr) == ERROR_INVALID_PARAMETER);
    CHECK(open("") == ERROR_INVALID_HANDLE);
    CHECK(open(name.c_str()) == ERROR_FILE_NOT_FOUND);
    const handle event(CreateEventA(nullptr, FALSE, FALSE, name.c_str()));
    CHECK(open(name.c_str()) == ERROR_INVALID_HANDLE);
    CHECK(refusal_of([&] {
            return form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 1, name.c_str());
          }) == ERROR_INVALID_HANDLE);
    handle one(form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 1, ""));
    CHECK(error_after([&] {
            one = form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 1, "");
          }) == ERROR_SUCCESS);
  }
}

TEST_CASE("a protection is exactly one that allows reading (SEC-14, CRE-03)", "[veneer][section]") {
  const std::string name = unique_name("protection");
  const handle there(memory(4096, PAGE_READWRITE, name));
  for (DWORD protection = 0; protection < 0x200; ++protection) {
    CAPTURE(protection);
    const bool legal = std::find(std::begin(all_protections), std::end(all_protections),
                                 protection) != std::end(all_protections);
    CHECK(refusal_of([&] { return memory(4096, protection); }) ==
          (legal ? not_refused : ERROR_INVALID_PARAMETER));
    if (!legal)
      CHECK(refusal_of([&] { return memory(4096, protection, name); }) == ERROR_INVALID_PARAMETER);
  }
}

TEST_CASE("attributes that contradict each other are 87, an image of memory is 193 (SEC-15, -16)",
          "[veneer][section]") {
  const auto refusal = [](DWORD attributes) {
    return refusal_of([&] { return memory(4096, PAGE_READWRITE | attributes); });
  };
  CHECK(refusal(SEC_COMMIT) == not_refused);
  CHECK(refusal(SEC_RESERVE) == not_refused);
  for (const DWORD attributes : std::initializer_list<DWORD>{
           SEC_COMMIT | SEC_RESERVE, SEC_FILE | SEC_COMMIT, SEC_RESERVE | SEC_LARGE_PAGES,
           SEC_IMAGE | SEC_COMMIT, SEC_IMAGE | SEC_RESERVE}) {
    CAPTURE(attributes);
    CHECK(refusal(attributes) == ERROR_INVALID_PARAMETER);
  }
  for (const DWORD attributes :
       std::initializer_list<DWORD>{SEC_NOCACHE, SEC_WRITECOMBINE, SEC_LARGE_PAGES, SEC_FILE}) {
    CAPTURE(attributes);
    CHECK(refusal(attributes) == ERROR_INVALID_PARAMETER);
  }
  CHECK(refusal_of([] { return memory(4096, PAGE_READONLY | SEC_IMAGE); }) == ERROR_BAD_EXE_FORMAT);
}

TEST_CASE("sizes that cannot be had fail when the section is made (SEC-19, SEC-20)",
          "[veneer][section]") {
  for (const std::uint64_t size : {std::uint64_t{1} << 46, std::uint64_t{1} << 62}) {
    CAPTURE(size);
    const DWORD error = refusal_of([&] { return memory(size); });
    CHECK((error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_COMMITMENT_LIMIT));
  }
  CHECK(refusal_of([] { return memory(std::uint64_t{1} << 63); }) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("the maker's rights follow from the protection (SEC-33, VIEW-01, VIEW-07)",
          "[veneer][section]") {
  constexpr DWORD uses[] = {FILE_MAP_READ,
                            FILE_MAP_WRITE,
                            FILE_MAP_COPY,
                            FILE_MAP_READ | FILE_MAP_EXECUTE,
                            FILE_MAP_WRITE | FILE_MAP_EXECUTE,
                            FILE_MAP_COPY | FILE_MAP_EXECUTE};
  // Which of these each protection allows, in this order.
  constexpr const char* allowed[] = {"r.c...", "rwc...", "r.c...", "r.cr.c", "rwcrwc", "r.cr.c"};
  for (std::size_t i = 0; i < std::size(all_protections); ++i) {
    const handle made(memory(4096, all_protections[i]));
    for (std::size_t use = 0; use < std::size(uses); ++use) {
      CAPTURE(i, use);
      CHECK(map_refusal(made, uses[use]) ==
            (allowed[i][use] != '.' ? not_refused : ERROR_ACCESS_DENIED));
    }
  }
}

TEST_CASE("a section is found with the rights of the protection asked for (CRE-05, NAME-22)",
          "[veneer][section]") {
  const std::string name = unique_name("narrow");
  const handle made(memory(4096, PAGE_READWRITE, name));
  const handle reading(memory(4096, PAGE_READONLY, name));
  CHECK(map_refusal(reading, FILE_MAP_READ) == not_refused);
  CHECK(map_refusal(reading, FILE_MAP_WRITE) == ERROR_ACCESS_DENIED);

  const std::string other = unique_name("wide");
  const handle read_only(memory(4096, PAGE_READONLY, other));
  handle writing;
  CHECK(error_after([&] { writing = memory(4096, PAGE_READWRITE, other); }) ==
        ERROR_ALREADY_EXISTS);
  CHECK(map_refusal(writing, FILE_MAP_READ) == not_refused);
  if (under_wine()) SKIP("Wine does not look at the pages' protection (VIEW-02)");
  CHECK(map_refusal(writing, FILE_MAP_WRITE) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("a handle is opened with the rights asked for, and those only (ACL-02, VIEW-05, VIEW-06)",
          "[veneer][section]") {
  for (const auto& form : mapping_forms) {
    const std::string name = unique_name("rights");
    const handle made(memory(4096, PAGE_EXECUTE_READWRITE, name));
    const auto can_map = [&](DWORD rights, DWORD use) {
      const handle opened(form.open(rights, FALSE, name.c_str()));
      REQUIRE(opened != nullptr);
      const DWORD error = map_refusal(opened, use);
      CHECK((error == not_refused || error == ERROR_ACCESS_DENIED));
      return error == not_refused;
    };
    CAPTURE(form.word);
    CHECK(can_map(FILE_MAP_READ, FILE_MAP_READ));
    CHECK(can_map(FILE_MAP_READ, FILE_MAP_COPY));
    CHECK_FALSE(can_map(FILE_MAP_READ, FILE_MAP_WRITE));
    CHECK(can_map(FILE_MAP_WRITE, FILE_MAP_WRITE));
    CHECK_FALSE(can_map(FILE_MAP_WRITE, FILE_MAP_READ));
    CHECK(can_map(FILE_MAP_COPY, FILE_MAP_COPY));
    CHECK(can_map(FILE_MAP_COPY, FILE_MAP_READ));
    CHECK_FALSE(can_map(FILE_MAP_COPY, FILE_MAP_WRITE));
    CHECK(can_map(FILE_MAP_ALL_ACCESS, FILE_MAP_ALL_ACCESS));
    CHECK_FALSE(can_map(FILE_MAP_READ, FILE_MAP_READ | FILE_MAP_EXECUTE));
    CHECK_FALSE(can_map(FILE_MAP_EXECUTE, FILE_MAP_READ));
    // A shared-memory file system may be mounted noexec.
    const handle unnamed(memory(4096, PAGE_EXECUTE_READ));
    const handle running(copy_of(unnamed, SECTION_MAP_READ | SECTION_MAP_EXECUTE));
    CHECK(map_refusal(running, FILE_MAP_READ | FILE_MAP_EXECUTE) == not_refused);
  }
}

TEST_CASE("no rights, and rights that there are not, cannot be opened (ACL-04)",
          "[veneer][section]") {
  const std::string name = unique_name("none");
  const handle made(memory(4096, PAGE_READWRITE, name));
  const auto refusal = [&](DWORD rights) {
    return refusal_of([&] { return open_memory(rights, name); });
  };
  CHECK(refusal(SECTION_QUERY | FILE_MAP_READ) == not_refused);
  CHECK(refusal_of([] { return open_memory(FILE_MAP_READ, unique_name("missing")); }) ==
        ERROR_FILE_NOT_FOUND);
  if (under_wine()) SKIP("Wine opens with no rights, and with any");
  CHECK(refusal(0) == ERROR_ACCESS_DENIED);
  CHECK(refusal(0x40) == ERROR_ACCESS_DENIED);
  CHECK(refusal(0x01000000) == ERROR_PRIVILEGE_NOT_HELD);
}

TEST_CASE("a duplicate has fewer rights, or more where the section allows it (DUP-02, DUP-03)",
          "[veneer][section]") {
  const handle made(memory(4096));
  const handle reading(copy_of(made, SECTION_MAP_READ));
  CHECK(map_refusal(reading, FILE_MAP_READ) == not_refused);
  CHECK(map_refusal(reading, FILE_MAP_WRITE) == ERROR_ACCESS_DENIED);
  const handle writing(copy_of(reading, SECTION_MAP_WRITE));
  CHECK(map_refusal(writing, FILE_MAP_WRITE) == not_refused);
  const handle nothing(copy_of(made, 0));
  REQUIRE(nothing != nullptr);
  CHECK(map_refusal(nothing, FILE_MAP_READ) == ERROR_ACCESS_DENIED);
}

TEST_CASE("a section cannot be waited for (SEC-32)", "[veneer][section]") {
  const handle made(memory(4096));
  CHECK(refusal_of([&]() -> DWORD { return WaitForSingleObject(made, 0); }) == ERROR_ACCESS_DENIED);
}

TEST_CASE("whether children inherit is each handle's own (INH-05, CRE-11)", "[veneer][section]") {
  const auto flags_of = [](HANDLE of) {
    DWORD flags = 99;
    GetHandleInformation(of, &flags);
    return flags;
  };
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, nullptr, TRUE};
  for (const auto& form : mapping_forms) {
    const std::string name = unique_name("inherit");
    const handle made(
        form.create(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 1, name.c_str()));
    const handle found(form.create(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 1, name.c_str()));
    CHECK(flags_of(made) == HANDLE_FLAG_INHERIT);
    CHECK(flags_of(found) == 0);
    CHECK(flags_of(handle(form.open(FILE_MAP_READ, TRUE, name.c_str()))) == HANDLE_FLAG_INHERIT);
    CHECK(flags_of(handle(form.open(FILE_MAP_READ, FALSE, name.c_str()))) == 0);
  }
}

TEST_CASE("a view keeps the bytes, not the name (LIFE-01, LIFE-02, VIEW-23)", "[veneer][section]") {
  const std::string name = unique_name("life");
  handle made(memory(4096, PAGE_READWRITE, name));
  mapped old(made);
  old.data()[0] = 'o';
  made.close();
  CHECK(refusal_of([&] { return open_memory(FILE_MAP_READ, name); }) == ERROR_FILE_NOT_FOUND);
  handle again;
  CHECK(error_after([&] { again = memory(4096, PAGE_READWRITE, name); }) == ERROR_SUCCESS);
  const mapped fresh(again);
  CHECK(fresh.data()[0] == 0);
  fresh.data()[0] = 'n';
  CHECK(old.data()[0] == 'o');
  CHECK(old.unmap());
  CHECK(fresh.data()[0] == 'n');
}

TEST_CASE("a section that a process was killed with is gone (LIFE-03)", "[veneer][section]") {
  const std::string name = unique_name("killed");
  support::ready_child holder("section_holder", {name});
  handle opened(open_memory(FILE_MAP_WRITE | FILE_MAP_READ, name));
  CHECK(mapped(opened).data()[0] == 'h');
  holder.kill();
  CHECK(mapped(opened).data()[0] == 'h');
  opened.close();
  CHECK(refusal_of([&] { return open_memory(FILE_MAP_READ, name); }) == ERROR_FILE_NOT_FOUND);
}
