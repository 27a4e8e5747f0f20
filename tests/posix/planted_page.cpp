// SPDX-License-Identifier: MIT
//
// Where in its page a dispatcher object's state is, and pages that the library has not made.
#include "forked.hpp"
#include "planter.hpp"
#include "runtime.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>

#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <string>

#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;
using isthmus::detail::block_place;
using isthmus::detail::dispatcher_page_size;
using isthmus::detail::dispatcher_state;
using isthmus::detail::kind;
using isthmus::detail::short_way;

namespace {

using identity = std::array<std::uint64_t, 2>;

/// What is written of a state, in front of which there may be anything.
struct planted_state {
  std::uint32_t mode = 0;
  std::uint32_t maximum = 0;
  short_way way = short_way::none;
};

/// A page with this header and this state.
std::function<void(int)> page_with(std::string name, kind kind, identity identity,
                                   planted_state state) {
  return [=](int fd) {
    anchor_header header{};
    header.magic = isthmus::detail::anchor_magic;
    header.version = isthmus::detail::layout_version;
    header.kind = kind;
    header.identity = identity;
    header.before = dispatcher_page_size;
    header.name_length = static_cast<std::uint32_t>(name.size());
    std::memcpy(header.name.data(), name.data(), name.size());
    std::array<std::byte, dispatcher_page_size> page{};
    std::memcpy(page.data(), &header, sizeof header);
    const auto write = [&](std::size_t at, const auto& value) {
      std::memcpy(page.data() + block_place(identity) + at, &value, sizeof value);
    };
    write(offsetof(dispatcher_state, mode), state.mode);
    write(offsetof(dispatcher_state, maximum), state.maximum);
    write(offsetof(dispatcher_state, short_way), state.way);
    (void)(::pwrite(fd, page.data(), page.size(), dispatcher_page_size) == 0);
  };
}

void make_session_folder() {
  REQUIRE(in_child([] {
            (void)isthmus::section::create(support::of("first"));
            return 0;
          }) == 0);
}

/// The event of this name works, and the one who plays with it sees that.
int set_and_taken(const std::string& name) {
  auto ready = event::open({.name = name});
  if (ready.wait_for(0ms) != wait_status::timeout) return 1;
  ready.set();
  return ready.wait_for(0ms) == wait_status::signaled ? 0 : 2;
}

}  // namespace

TEST_CASE("a state lies on a line of its own between the header and the end of the page",
          "[planted]") {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    for (const identity& one :
         {identity{0, i}, identity{i, 0}, identity{~i, ~i}, identity{~i, i}}) {
      const std::size_t place = block_place(one);
      REQUIRE(place % 64 == 0);
      REQUIRE(place >= sizeof(anchor_header));
      REQUIRE(place + sizeof(isthmus::detail::dispatcher_block) <= dispatcher_page_size);
    }
  }
}

TEST_CASE("objects that are made one after the other lie on different lines", "[planted]") {
  std::set<std::size_t> places;
  for (int i = 0; i < 33; ++i) {
    const auto one = event::create();
    anchor_header header{};
    REQUIRE(::pread(isthmus::native_handle(one), &header, sizeof header, dispatcher_page_size) ==
            sizeof header);
    places.insert(block_place(header.identity));
  }
  CHECK(places.size() == 33);
}

TEST_CASE("an object works whatever identity its header has", "[planted]") {
  make_session_folder();
  const std::uint64_t most = ~std::uint64_t{0};
  for (const identity& one : {identity{0, 0}, identity{most, most}, identity{most, 1},
                              identity{0, 42}, identity{most, 0}, identity{4711, 1U << 31}}) {
    const auto name = support::unique_name("planted");
    const planter holder(name,
                         page_with(name, kind::event, one, {.way = short_way::automatic_event}));
    INFO("at " << block_place(one));
    CHECK(in_child([&] { return set_and_taken(name); }) == 0);
    // Nothing was written into the header.
    CHECK(in_child([&] { return set_and_taken(name); }) == 0);
  }
}

TEST_CASE("a state that is not of its object's kind is not believed", "[planted]") {
  make_session_folder();
  struct planted {
    kind what{};
    planted_state state;
  };
  const std::array<planted, 9> all{{
      {kind::event, {.way = short_way::none}},
      {kind::event, {.way = short_way::manual_event}},
      {kind::event, {.mode = 1, .way = short_way::automatic_event}},
      {kind::event, {.mode = 2, .way = short_way::manual_event}},
      {kind::event, {.way = static_cast<short_way>(4711)}},
      {kind::mutex, {.way = short_way::semaphore}},
      {kind::semaphore, {.maximum = 5, .way = short_way::automatic_event}},
      {kind::semaphore, {.maximum = 0, .way = short_way::semaphore}},
      {kind::semaphore, {.maximum = 0x80000000, .way = short_way::semaphore}},
  }};
  for (const planted& one : all) {
    const auto name = support::unique_name("planted");
    const planter holder(name, page_with(name, one.what, {1, 2}, one.state));
    INFO("kind " << static_cast<int>(one.what) << ", way " << static_cast<int>(one.state.way));
    CHECK(in_child([&] {
            std::error_code ec;
            if (one.what == kind::event) (void)event::open({.name = name}, ec);
            if (one.what == kind::mutex) (void)mutex::open({.name = name}, ec);
            if (one.what == kind::semaphore) (void)semaphore::open({.name = name}, ec);
            return ec == errc::damaged ? 0 : 1;
          }) == 0);
  }
}
