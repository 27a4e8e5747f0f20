// SPDX-License-Identifier: MIT
//
// Handles are closed without memory, also those that somebody else has closed. A program of its
// own, for its operator new.
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <system_error>

#include <windows.h>

namespace {

std::atomic<bool> there_is_memory = true;
std::atomic<int> refused = 0;

/// As long as it lives, this program gets no memory.
struct no_memory {
  no_memory() { there_is_memory = false; }
  ~no_memory() { there_is_memory = true; }
  no_memory(const no_memory&) = delete;
  no_memory& operator=(const no_memory&) = delete;
};

}  // namespace

void* operator new(std::size_t size) {
  if (!there_is_memory) {
    ++refused;
    throw std::bad_alloc();
  }
  if (void* const place = std::malloc(size)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }

TEMPLATE_LIST_TEST_CASE("a handle is closed without memory", "[without_memory]", support::kinds) {
  using kind = support::kind<TestType>;
  auto options = kind::create();
  const std::string name = support::unique_name("a name that is long enough for the heap");
  options.name = name;
  auto by_form = TestType::create(options);
  auto by_end = std::optional(TestType::open({.name = name}));
  std::error_code ec;
  {
    const no_memory now;
    by_form.close(ec);
    by_end.reset();
  }
  CHECK_FALSE(ec);
  CHECK_FALSE(by_form);
}

TEMPLATE_LIST_TEST_CASE("without memory it is still told that somebody else has closed the handle",
                        "[without_memory]", support::kinds) {
  auto object = TestType::create(support::kind<TestType>::create());
  REQUIRE(::CloseHandle(isthmus::native_handle(object)));
  std::error_code ec;
  const int before = refused;
  {
    const no_memory now;
    object.close(ec);
  }
  CHECK(ec == isthmus::errc::invalid_argument);
  CHECK(refused > before);  // or this shows nothing
}
