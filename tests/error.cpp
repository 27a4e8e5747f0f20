// SPDX-License-Identifier: MIT
#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using isthmus::errc;

namespace {

std::vector<errc> all_values() {
  std::vector<errc> all;
  for (int i = static_cast<int>(errc::already_exists); i <= static_cast<int>(errc::not_supported);
       ++i) {
    all.push_back(static_cast<errc>(i));
  }
  return all;
}

}  // namespace

TEST_CASE("each error has a name and a message of its own", "[error]") {
  std::set<std::string> names;
  std::set<std::string> messages;
  for (const auto value : all_values()) {
    names.emplace(to_string(value));
    messages.insert(make_error_code(value).message());
  }
  CHECK(names.size() == all_values().size());
  CHECK(messages.size() == all_values().size());
  CHECK_FALSE(names.contains(""));
  CHECK(to_string(errc::not_found) == "not_found");
  CHECK(to_string(errc::already_exists) == "already_exists");
  CHECK(to_string(errc::not_supported) == "not_supported");
}

TEST_CASE("the library's own code is equal to its condition and to no other", "[error][HARD-32]") {
  for (const auto one : all_values()) {
    for (const auto other : all_values()) {
      CHECK((make_error_code(one) == other) == (one == other));
      CHECK((make_error_code(one) == make_error_condition(other)) == (one == other));
    }
    CHECK(make_error_code(one).category() == isthmus::category());
    CHECK(make_error_code(one));
  }
  CHECK(std::string(isthmus::category().name()) == "isthmus");
}

TEST_CASE("success is no error of ours", "[error]") {
  for (const auto value : all_values()) {
    CHECK(std::error_code() != value);
    CHECK(std::error_code(0, std::system_category()) != value);
    CHECK(std::error_code(12345, std::generic_category()) != value);
  }
}

TEST_CASE("values that are no errc are harmless", "[error]") {
  CHECK_FALSE(to_string(static_cast<errc>(9999)).empty());
  CHECK_FALSE(isthmus::category().message(-1).empty());
  CHECK_FALSE(isthmus::category().message(9999).empty());
}

TEST_CASE("the exception is a system_error whose text is its own", "[error]") {
  STATIC_REQUIRE(std::is_base_of_v<std::system_error, isthmus::error>);
  STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<isthmus::error>);
  auto original = std::make_unique<isthmus::error>(make_error_code(errc::busy), "what happened");
  const isthmus::error copy = *original;
  original.reset();
  CHECK(std::string(copy.what()) == "what happened");
  CHECK(copy.code() == errc::busy);
  try {
    throw isthmus::error(make_error_code(errc::damaged), "text");
  } catch (const std::system_error& problem) {
    CHECK(problem.code() == errc::damaged);
    CHECK(std::string(problem.what()) == "text");
  }
}
