// SPDX-License-Identifier: MIT
//
// Names: which there are, which are refused, and what a prefix says.
#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <array>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace support;
using namespace std::string_view_literals;
using Catch::Matchers::StartsWith;
using isthmus::errc;

namespace {

/// What each verb says to a name.
template <class T>
struct verdicts {
  explicit verdicts(std::string_view name) {
    (void)T::create(kind<T>::create(name), create);
    (void)T::open(kind<T>::open(name), open);
    (void)T::open_or_create(kind<T>::create(name), open_or_create);
  }
  [[nodiscard]] bool all(errc value) const {
    return create == value && open == value && open_or_create == value;
  }

  std::error_code create;
  std::error_code open;
  std::error_code open_or_create;
};

/// Whether an object can be made under this name and found again, and has the name.
template <class T>
bool works(std::string_view name) {
  auto made = T::create(kind<T>::create(name));
  auto opened = T::open(kind<T>::open(name));
  return made.name() == name && opened.name() == name && kind<T>::same(made, opened);
}

}  // namespace

TEST_CASE("scopes have names", "[name]") {
  CHECK(to_string(isthmus::scope::automatic) == "automatic");
  CHECK(to_string(isthmus::scope::session) == "session");
  CHECK(to_string(isthmus::scope::global) == "global");
}

TEMPLATE_LIST_TEST_CASE("names are compared byte by byte, so case matters", "[name][NAME-01]",
                        kinds) {
  const auto name = unique_name("Case");
  auto lower = name;
  lower[0] = 'c';
  auto first = TestType::create(kind<TestType>::create(name));
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(lower), ec));
  CHECK(ec == errc::not_found);
  auto second = TestType::create(kind<TestType>::create(lower));
  CHECK(second.created());
  CHECK_FALSE(kind<TestType>::same(first, second));
}

TEMPLATE_LIST_TEST_CASE("names are not normalised", "[name][NAME-01]", kinds) {
  const auto stem = unique_name("normal");
  auto composed = TestType::create(kind<TestType>::create(stem + "\xc3\xa9"));  // é
  auto decomposed =
      TestType::create(kind<TestType>::create(stem + "e\xcc\x81"));  // e and an accent
  CHECK_FALSE(kind<TestType>::same(composed, decomposed));
}

TEMPLATE_LIST_TEST_CASE("every character but NUL and the backslash may be in a name",
                        "[name][NAME-02]", kinds) {
  const std::vector<std::string> tails{
      "/",  "a/b",  "/../../x", ":", "*?<>|\"", " ", "  two  spaces  ", "trailing.", "..", "\n",
      "\t", "\x01", "\x7f",     "%", "~$",      "'", "\xe2\x82\xac",    "name.lnk"};
  for (const auto& tail : tails) {
    CAPTURE(tail);
    CHECK(works<TestType>(unique_name("odd") + tail));
    CHECK(works<TestType>(tail + unique_name("odd")));
  }
  CHECK(works<TestType>(unique_name("\xd0\xb8\xd0\xbc\xd1\x8f")));  // Cyrillic
  CHECK(works<TestType>(unique_name("\xe5\x90\x8d\xe5\x89\x8d")));  // Chinese
  CHECK(works<TestType>(unique_name("\xf0\x9f\x8c\x8d")));          // beyond U+FFFF
  CHECK(works<TestType>(unique_name("\xf4\x8f\xbf\xbf")));          // U+10FFFF
}

TEMPLATE_LIST_TEST_CASE("a name may be . or .. or begin with what looks like an option",
                        "[name][NAME-02]", kinds) {
  // These cannot be made unique. Somebody else may hold one right now, but not all of them for
  // long.
  for (const auto name : {"."sv, ".."sv, "-"sv, "/"sv}) {
    CAPTURE(name);
    CHECK(eventually([&] {
      std::error_code ec;
      auto made = TestType::create(kind<TestType>::create(name), ec);
      if (!made) {
        if (ec != errc::wrong_kind) CHECK(ec == errc::already_exists);
        return false;
      }
      auto opened = TestType::open(kind<TestType>::open(name));
      return kind<TestType>::same(made, opened);
    }));
  }
}

TEMPLATE_LIST_TEST_CASE("a name of one byte works", "[name][NAME-15]", kinds) {
  CHECK(eventually([&] {
    for (char letter = '!'; letter < '\\'; ++letter) {
      std::error_code ec;
      auto made = TestType::create(kind<TestType>::create({&letter, 1}), ec);
      if (!made) continue;
      auto opened = TestType::open(kind<TestType>::open({&letter, 1}));
      return opened.name().size() == 1 && kind<TestType>::same(made, opened);
    }
    return false;  // all of them held by others
  }));
}

TEMPLATE_LIST_TEST_CASE("names of 255, 256 and 1024 bytes work, and differ in their last byte",
                        "[name][NAME-15]", kinds) {
  for (const std::size_t length : {255, 256, 260, 1024}) {
    CAPTURE(length);
    auto name = unique_name_of_length(length);
    CHECK(works<TestType>(name));
    auto first = TestType::create(kind<TestType>::create(name));
    name.back() = '!';
    std::error_code ec;
    CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
    CHECK(ec == errc::not_found);
  }
  STATIC_REQUIRE(isthmus::max_name_length == 1024);
}

TEMPLATE_LIST_TEST_CASE("a name of 1024 bytes may be all of wide characters", "[name][NAME-15]",
                        kinds) {
  auto name = unique_name_of_length(64);
  while (name.size() < 1024) name += "\xf0\x9f\x8c\x8d";
  CHECK(works<TestType>(name));
}

TEMPLATE_LIST_TEST_CASE("longer names are name_too_long, never cut", "[name][NAME-15]", kinds) {
  const auto longest = unique_name_of_length(1024);
  auto held = TestType::create(kind<TestType>::create(longest));
  for (const std::size_t length : {1025, 1026, 4096, 70000}) {
    auto name = longest;
    name.resize(length, '.');
    CAPTURE(length);
    CHECK(verdicts<TestType>(name).all(errc::name_too_long));
  }
  // A prefix does not count.
  const auto prefixed = "Local\\" + longest;
  CHECK(TestType::open(kind<TestType>::open(prefixed)));
  CHECK(verdicts<TestType>(prefixed + ".").all(errc::name_too_long));
}

TEMPLATE_LIST_TEST_CASE("a backslash is refused anywhere but in a prefix",
                        "[name][NAME-06][NAME-07][NAME-13][NAME-14]", kinds) {
  for (const auto name :
       {"a\\b"sv, "x\\"sv, "Local\\a\\b"sv, "\\x"sv, "\\BaseNamedObjects\\x"sv, "Session\\1\\x"sv,
        "Session\\x"sv, "Global\\Local\\x"sv, "Local\\Local\\x"sv, "\\"sv, "\\\\?\\x"sv}) {
    CAPTURE(name);
    CHECK(verdicts<TestType>(name).all(errc::invalid_name));
  }
}

TEMPLATE_LIST_TEST_CASE("a prefix with nothing behind it is refused", "[name][NAME-08]", kinds) {
  for (const auto name : {"Local\\"sv, "Global\\"sv, "Local\\\\x"sv, "Global\\\\x"sv}) {
    CAPTURE(name);
    CHECK(verdicts<TestType>(name).all(errc::invalid_name));
  }
}

TEMPLATE_LIST_TEST_CASE("the bare words of the system are refused", "[name][NAME-09]", kinds) {
  for (const auto name : {"Local"sv, "Global"sv, "Session"sv}) {
    CAPTURE(name);
    CHECK(verdicts<TestType>(name).all(errc::invalid_name));
  }
}

TEMPLATE_LIST_TEST_CASE("a prefix is known by its exact spelling only", "[name][NAME-10]", kinds) {
  for (const auto name :
       {"local\\x"sv, "LOCAL\\x"sv, "global\\x"sv, "GLOBAL\\x"sv, " Local\\x"sv}) {
    CAPTURE(name);
    CHECK(verdicts<TestType>(name).all(errc::invalid_name));
  }
  // Without the backslash there is no prefix at all.
  CHECK(works<TestType>(unique_name("Local")));
  CHECK(works<TestType>(unique_name("Global/")));
}

TEMPLATE_LIST_TEST_CASE("NUL and what is not UTF-8 are refused", "[name][NAME-02][NAME-03]",
                        kinds) {
  for (const auto name :
       {"a\0b"sv, "\0"sv, "end\0"sv, "\x80"sv, "\xff"sv, "\xc3"sv, "\xc3\x28"sv, "\xc0\xaf"sv,
        "\xe2\x82"sv, "\xe0\x80\x80"sv, "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv, "\xf0\x9f\x8c"sv,
        "\xf0\x80\x80\x80"sv, "\xf4\x90\x80\x80"sv, "\xf8\x88\x80\x80\x80"sv}) {
    CAPTURE(name);
    CHECK(verdicts<TestType>(name).all(errc::invalid_name));
    CHECK(verdicts<TestType>("x" + std::string(name)).all(errc::invalid_name));
  }
}

TEMPLATE_LIST_TEST_CASE("Local\\x and x are the same object, and the name has no prefix",
                        "[name][NAME-11]", kinds) {
  const auto name = unique_name("scope");
  const auto prefixed = "Local\\" + name;
  auto made = TestType::create(kind<TestType>::create(prefixed));
  CHECK(made.name() == name);
  auto plain = TestType::open(kind<TestType>::open(name));
  auto explicitly = kind<TestType>::open(prefixed);
  explicitly.scope = isthmus::scope::session;
  auto both = TestType::open(explicitly);
  CHECK(both.name() == name);
  CHECK(kind<TestType>::same(made, plain));
  CHECK(kind<TestType>::same(made, both));
}

TEMPLATE_LIST_TEST_CASE("Global\\x does not find x", "[name][NAME-12]", kinds) {
  const auto name = unique_name("global");
  const auto prefixed = "Global\\" + name;
  const auto held = TestType::create(kind<TestType>::create(name));
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(prefixed), ec));
  CHECK((ec == errc::not_found || ec == errc::not_supported));  // where there are none at all
}

TEMPLATE_LIST_TEST_CASE("a prefix that contradicts the option is invalid_argument",
                        "[name][NAME-11]", kinds) {
  const auto name = unique_name("contradiction");
  for (const auto& [prefix, where] : {std::pair{"Local\\", isthmus::scope::global},
                                      std::pair{"Global\\", isthmus::scope::session}}) {
    const auto prefixed = prefix + name;
    CAPTURE(prefixed);
    auto options = kind<TestType>::create(prefixed);
    options.scope = where;
    auto open_options = kind<TestType>::open(prefixed);
    open_options.scope = where;
    std::error_code ec;
    CHECK_FALSE(TestType::create(options, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(TestType::open_or_create(options, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK_FALSE(TestType::open(open_options, ec));
    CHECK(ec == errc::invalid_argument);
  }
}

TEMPLATE_LIST_TEST_CASE("what is wrong with a name is said with its text", "[name]", kinds) {
  const auto word = std::string(kind<TestType>::word);
  const auto problem = thrown_by([] { (void)TestType::create(kind<TestType>::create("a\\b")); });
  CHECK(problem.code == errc::invalid_name);
  CHECK_THAT(problem.text, StartsWith(word + "::create(\"a\\b\"): "));
}
