// SPDX-License-Identifier: MIT
//
// What all kinds of object have in common is tested once, by templates over the kinds:
//
//     TEMPLATE_LIST_TEST_CASE("…", "[object][NAME-18]", support::kinds) {
//       using kind = support::kind<TestType>;
//       const auto made = TestType::create(kind::create(name));
#pragma once

#include "support/mutexes.hpp"

#include <isthmus/access.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>

namespace support {

template <class T>
struct kind;

template <>
struct kind<isthmus::section> {
  using options = isthmus::section_options;
  using open_options = isthmus::section_open_options;
  using other = isthmus::mutex;  ///< an object that is not one

  static constexpr std::string_view word = "section";
  static constexpr auto full = isthmus::access::read | isthmus::access::write;
  static constexpr auto narrow = isthmus::access::read;
  static constexpr auto foreign = isthmus::access::wait;  ///< a right that it cannot have

  static options create(std::string_view name = {}) { return {.name = name, .size = 4096}; }
  static open_options open(std::string_view name, isthmus::access access = full) {
    return {.name = name, .access = access};
  }

  /// Whether two handles lead to the same object.
  static bool same(isthmus::section& a, isthmus::section& b) {
    const auto first = isthmus::view::map(a);
    const auto second = isthmus::const_view::map(b);
    auto& written = first.as<volatile unsigned char>();
    const unsigned char before = written;
    written = static_cast<unsigned char>(before + 1);
    const bool seen = second.as<volatile unsigned char>() == written;
    written = before;
    return seen;
  }

  /// Changes its state to one that a new object does not have, and asks.
  static void mark(isthmus::section& object) { isthmus::view::map(object).as<int>() = 4711; }
  static bool marked(isthmus::section& object) {
    return isthmus::const_view::map(object).as<int>() == 4711;
  }
};

template <>
struct kind<isthmus::mutex> {
  using options = isthmus::mutex_options;
  using open_options = isthmus::mutex_open_options;
  using other = isthmus::section;

  static constexpr std::string_view word = "mutex";
  static constexpr auto full = isthmus::access::wait | isthmus::access::modify;
  static constexpr auto narrow = isthmus::access::wait;
  static constexpr auto foreign = isthmus::access::read;

  static options create(std::string_view name = {}) { return {.name = name}; }
  static open_options open(std::string_view name, isthmus::access access = full) {
    return {.name = name, .access = access};
  }

  static bool same(isthmus::mutex& a, isthmus::mutex& b) {
    a.lock();
    const bool excluded = !is_free(b);
    a.unlock();
    return excluded;
  }

  /// Owned by this thread: others see that it is.
  static void mark(isthmus::mutex& object) { object.lock(); }
  static bool marked(isthmus::mutex& object) { return !is_free(object); }
};

/// Every kind there is.
using kinds = std::tuple<isthmus::section, isthmus::mutex>;

}  // namespace support
