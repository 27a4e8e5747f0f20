// SPDX-License-Identifier: MIT
//
// Names, and the numbers for those that are refused, in the A and W forms of all kinds.
#include "support/names.hpp"

#include "calls.hpp"
#include "kinds.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;
using support::unique_name;
using support::unique_name_of_length;

namespace {

/// Both the create and the open of every form refuse the name with this number.
void check_refused(const std::string& name, DWORD number) {
  for (const kind_form& form : kinds) {
    CAPTURE(form.word, name);
    CHECK(refusal_of([&] { return form.make(name.c_str()); }) == number);
    CHECK(refusal_of([&] { return form.open_all(name.c_str()); }) == number);
  }
}

/// The form makes the name and opens it again.
void check_taken(const kind_form& form, const std::string& name) {
  CAPTURE(form.word, name);
  const handle made(form.make(name.c_str()));
  REQUIRE(made != nullptr);
  const handle opened(form.open_all(name.c_str()));
  CHECK(opened != nullptr);
}

}  // namespace

TEST_CASE("names differ by case (NAME-01)", "[veneer][name]") {
  const std::string name = unique_name("Case");
  std::string other = name;
  other[0] = 'c';
  for (const kind_form& form : kinds) {
    CAPTURE(form.word);
    const handle made(form.make(name.c_str()));
    REQUIRE(made != nullptr);
    CHECK(refusal_of([&] { return form.open_all(other.c_str()); }) == ERROR_FILE_NOT_FOUND);
  }
}

TEST_CASE("a name may have any character but the backslash (NAME-02)", "[veneer][name]") {
  for (const kind_form& form : kinds) check_taken(form, unique_name("a/b:c*?<>|\" \x01.. ."));
}

TEST_CASE("a backslash after no known prefix is refused with 3 (NAME-06, NAME-10, NAME-13)",
          "[veneer][name]") {
  for (const char* const name :
       {"a\\b", "x\\", "Local\\a\\b", "local\\x", "LOCAL\\x", "global\\x", "Session\\77777\\x"})
    check_refused(name, ERROR_PATH_NOT_FOUND);
}

TEST_CASE("a leading backslash is refused with 161 (NAME-07)", "[veneer][name]") {
  check_refused("\\x", ERROR_BAD_PATHNAME);
}

TEST_CASE("a prefix before nothing or a second backslash is refused with 123 (NAME-08)",
          "[veneer][name]") {
  for (const char* const name : {"Local\\", "Global\\", "Local\\\\x"})
    check_refused(name, ERROR_INVALID_NAME);
}

TEST_CASE("the bare words of the prefixes are refused with 6 (NAME-09)", "[veneer][name]") {
  for (const char* const name : {"Local", "Global", "Session"})
    check_refused(name, ERROR_INVALID_HANDLE);
}

TEST_CASE("`Local` is where names without a prefix are, `Global` is elsewhere (NAME-11, NAME-12)",
          "[veneer][name]") {
  const std::string name = unique_name("scope");
  const handle probe(kinds[0].make(("Global\\" + unique_name("probe")).c_str()));
  // Where names live as on macOS there are no others: docs/win32.md.
  const DWORD absent = probe != nullptr ? ERROR_FILE_NOT_FOUND : ERROR_NOT_SUPPORTED;
  for (const kind_form& form : kinds) {
    CAPTURE(form.word);
    const handle local(form.make(name.c_str()));
    CHECK(handle(form.open_all(("Local\\" + name).c_str())) != nullptr);
    CHECK(refusal_of([&] { return form.open_all(("Global\\" + name).c_str()); }) == absent);
  }
}

TEST_CASE("a name for the A forms that is much too long is refused with 206 (NAME-15)",
          "[veneer][name]") {
  const std::string longest = unique_name_of_length(259);
  const std::string too_long = unique_name_of_length(262);
  for (const kind_form& form : kinds) {
    CAPTURE(form.word);
    check_taken(form, longest);
    if (std::string(form.word).back() == 'A')
      CHECK(refusal_of([&] { return form.make(too_long.c_str()); }) == ERROR_FILENAME_EXCED_RANGE);
    else
      check_taken(form, too_long);
  }
}

TEST_CASE("wide names are any text, beyond the basic plane too (NAME-01)", "[veneer][name]") {
  std::basic_string<WCHAR> name;
  for (const char c : unique_name("wide")) name += static_cast<WCHAR>(c);
  for (const unsigned unit : {0xE9U, 0x4E2DU, 0xD83DU, 0xDE00U}) name += static_cast<WCHAR>(unit);
  const handle made(CreateEventW(nullptr, FALSE, FALSE, name.c_str()));
  REQUIRE(made != nullptr);
  CHECK(handle(OpenEventW(SYNCHRONIZE, FALSE, name.c_str())) != nullptr);
  name.back() = static_cast<WCHAR>(0xDE01U);
  CHECK(refusal_of([&] { return OpenEventW(SYNCHRONIZE, FALSE, name.c_str()); }) ==
        ERROR_FILE_NOT_FOUND);
}
