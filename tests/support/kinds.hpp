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
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/view.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

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

/// What the kinds that can be waited for have in common.
template <class Options, class OpenOptions>
struct waitable_kind {
  using options = Options;
  using open_options = OpenOptions;

  static constexpr auto full = isthmus::access::wait | isthmus::access::modify;
  static constexpr auto narrow = isthmus::access::wait;
  static constexpr auto foreign = isthmus::access::read;

  static options create(std::string_view name = {}) { return {.name = name}; }
  static open_options open(std::string_view name, isthmus::access access = full) {
    return {.name = name, .access = access};
  }

 protected:
  static bool take(isthmus::waitable& object, time_limit limit = 0ms) {
    return object.wait_for(limit) == isthmus::wait_status::signaled;
  }
};

template <>
struct kind<isthmus::mutex> : waitable_kind<isthmus::mutex_options, isthmus::mutex_open_options> {
  using other = isthmus::section;
  static constexpr std::string_view word = "mutex";

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

template <>
struct kind<isthmus::semaphore>
    : waitable_kind<isthmus::semaphore_options, isthmus::semaphore_open_options> {
  using other = isthmus::event;
  static constexpr std::string_view word = "semaphore";

  /// What is released to one is counted by the other.
  static bool same(isthmus::semaphore& a, isthmus::semaphore& b) {
    const auto before = a.release(2);
    const bool counted = b.release() == before + 2;
    for (auto* const each : {&a, &a, &b}) (void)each->try_acquire();
    return counted;
  }

  static void mark(isthmus::semaphore& object) { object.release(5); }
  static bool marked(isthmus::semaphore& object) {
    if (!object.try_acquire()) return false;
    object.release();
    return true;
  }
};

template <>
struct kind<isthmus::event> : waitable_kind<isthmus::event_options, isthmus::event_open_options> {
  using other = isthmus::timer;
  static constexpr std::string_view word = "event";

  static bool same(isthmus::event& a, isthmus::event& b) {
    const bool a_was_set = take(a);
    const bool b_was_set = take(b);
    a.set();
    const bool seen = take(b);
    a.reset();
    if (a_was_set) a.set();
    if (b_was_set) b.set();
    return seen;
  }

  static void mark(isthmus::event& object) { object.set(); }
  static bool marked(isthmus::event& object) {
    if (!take(object)) return false;
    object.set();
    return true;
  }
};

template <>
struct kind<isthmus::timer> : waitable_kind<isthmus::timer_options, isthmus::timer_open_options> {
  using other = isthmus::semaphore;
  static constexpr std::string_view word = "timer";

  /// Leaves them without a schedule.
  static bool same(isthmus::timer& a, isthmus::timer& b) {
    b.cancel();
    (void)take(b);
    mark(a);
    const bool seen = take(a, patience()) && take(b, moment);
    a.cancel();
    (void)take(a);
    return seen;
  }

  /// Armed, and with so short a period that any look sees it.
  static void mark(isthmus::timer& object) {
    using namespace std::chrono_literals;
    object.arm(0s, 1ms);
  }
  static bool marked(isthmus::timer& object) { return take(object, moment); }
};

/// Every kind there is.
using kinds = std::tuple<isthmus::section, isthmus::mutex, isthmus::semaphore, isthmus::event,
                         isthmus::timer>;

namespace detail {
template <class T, class Call, class... Kinds>
void for_others(const Call& call, const std::tuple<Kinds...>*) {
  const auto unless_same = [&]<class Other>(const Other*) {
    if constexpr (!std::is_same_v<T, Other>) call.template operator()<Other>();
  };
  (unless_same(static_cast<const Kinds*>(nullptr)), ...);
}
}  // namespace detail

/// Calls `call.operator()<Other>()` for each kind that is not T.
template <class T, class Call>
void for_each_other_kind(const Call& call) {
  detail::for_others<T>(call, static_cast<const kinds*>(nullptr));
}

}  // namespace support
