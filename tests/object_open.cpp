// SPDX-License-Identifier: MIT
//
// Opening what is not there yet, and making what others make at the same moment.
#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

using namespace support;
using isthmus::errc;

TEMPLATE_LIST_TEST_CASE("open waits for a name that appears later", "[object][NAME-21]", kinds) {
  const auto name = unique_name("later");
  worker opener;
  auto opened =
      opener.start([&] { return TestType::open(kind<TestType>::open(name), patience()); });
  CHECK_FALSE(ready(opened, moment));
  auto made = TestType::create(kind<TestType>::create(name));
  REQUIRE(ready(opened));
  auto found = opened.get();
  CHECK(found.name() == name);
  CHECK_FALSE(found.created());
  CHECK(kind<TestType>::same(made, found));
}

TEMPLATE_LIST_TEST_CASE("open with a limit finds what is there at once", "[object]", kinds) {
  const auto name = unique_name("there");
  const auto made = TestType::create(kind<TestType>::create(name));
  CHECK(TestType::open(kind<TestType>::open(name), 0s));
  CHECK(TestType::open(kind<TestType>::open(name), -1s));
  CHECK(TestType::open(kind<TestType>::open(name), std::chrono::hours::max()));
  CHECK(TestType::open(kind<TestType>::open(name), std::chrono::duration<double>(1e300)));
}

TEMPLATE_LIST_TEST_CASE("a name that does not appear is not_found, and not too early",
                        "[object][NAME-21][WAIT-01]", kinds) {
  const auto name = unique_name("never");
  std::error_code ec;
  CHECK(time_of([&] { (void)TestType::open(kind<TestType>::open(name), 40ms, ec); }) >= 40ms);
  CHECK(ec == errc::not_found);
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), 0ns, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), std::chrono::hours::min(), ec));
  CHECK(ec == errc::not_found);
  CHECK(code_of([&] { (void)TestType::open(kind<TestType>::open(name), 1ms); }) == errc::not_found);
}

TEMPLATE_LIST_TEST_CASE("any other error ends a waiting open at once", "[object][NAME-17]", kinds) {
  using other = typename kind<TestType>::other;
  const auto name = unique_name("wrong");
  const auto held = other::create(kind<other>::create(name));
  std::error_code ec;
  CHECK(time_of([&] { (void)TestType::open(kind<TestType>::open(name), patience(), ec); }) <
        patience() / 2);
  CHECK(ec == errc::wrong_kind);
  CHECK(time_of([&] { (void)TestType::open(kind<TestType>::open("a\\b"), patience(), ec); }) <
        patience() / 2);
  CHECK(ec == errc::invalid_name);
}

TEMPLATE_LIST_TEST_CASE("of threads that create one name exactly one is told so",
                        "[object][NAME-24]", kinds) {
  constexpr int threads = 8;
  for (int round = 0; round < 10; ++round) {
    const auto name = unique_name("race");
    std::atomic<int> arrived = 0;
    std::atomic<int> created = 0;
    std::atomic<int> refused = 0;
    std::vector<TestType> handles(threads);
    std::vector<std::thread> racers;
    racers.reserve(threads);
    for (int i = 0; i < threads; ++i) {
      racers.emplace_back([&, i] {
        ++arrived;
        while (arrived < threads) std::this_thread::yield();
        std::error_code ec;
        auto& handle = handles[static_cast<std::size_t>(i)];
        // Half of them by each verb.
        handle = i % 2 == 0 ? TestType::open_or_create(kind<TestType>::create(name), ec)
                            : TestType::create(kind<TestType>::create(name), ec);
        if (handle && handle.created()) ++created;
        if (ec && !(i % 2 == 1 && ec == errc::already_exists)) ++refused;
      });
    }
    for (auto& racer : racers) racer.join();
    CHECK(created == 1);
    CHECK(refused == 0);
    auto& first = handles.front();
    REQUIRE(first);
    for (auto& handle : handles) {
      if (handle) CHECK(kind<TestType>::same(first, handle));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("threads that create and close one name never disturb each other",
                        "[object][NAME-24][LIFE-01]", kinds) {
  constexpr int threads = 4;
  const auto name = unique_name("churn");
  const auto end = clock::now() + scaled(300ms);
  std::atomic<int> strange = 0;
  std::vector<std::thread> churners;
  churners.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    churners.emplace_back([&] {
      while (clock::now() < end) {
        std::error_code ec;
        auto handle = TestType::open_or_create(kind<TestType>::create(name), ec);
        if (!handle || ec) ++strange;
        auto opened = TestType::open(kind<TestType>::open(name), ec);
        if (!opened || ec) ++strange;  // we hold one: it must be there
        auto made = TestType::create(kind<TestType>::create(name), ec);
        if (made || ec != errc::already_exists) ++strange;
      }
    });
  }
  for (auto& churner : churners) churner.join();
  CHECK(strange == 0);
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
  CHECK(ec == errc::not_found);
}
