// SPDX-License-Identifier: MIT
//
// Objects packed and unpacked without anything in between, and parcels that somebody has tampered
// with. What crosses processes is tested where it crosses: with inheritance and channels.
#include "transfer.hpp"

#include "runtime.hpp"

#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using isthmus::access;
using isthmus::any_object;
using isthmus::errc;
using isthmus::object_ref;
using isthmus::section;
using isthmus::detail::carrier;
using isthmus::detail::failure;
using isthmus::detail::parcel;

namespace {

parcel packed(const object_ref& what) {
  parcel made;
  failure why;
  const bool done = pack(what, made, why);
  INFO(why.detail);
  REQUIRE(done);
  return made;
}

/// As it would arrive: the description read from its text, the carriers beside it.
parcel arrived(parcel sent) {
  parcel made;
  failure why;
  const bool read = isthmus::detail::parse(describe(sent), made, why);
  INFO(why.detail);
  REQUIRE(read);
  made.carriers = std::move(sent.carriers);
  return made;
}

any_object delivered(parcel what) {
  failure why;
  auto made = unpack(arrived(std::move(what)), why);
  INFO(why.detail);
  REQUIRE(made);
  return made;
}

/// What unpacking it fails with.
std::error_code refused(parcel what) {
  failure why;
  const auto handles = support::open_handles();
  std::size_t carried = 0;
  for (const auto& each : what.carriers) carried += each ? 1 : 0;
  const auto made = unpack(std::move(what), why);
  CHECK_FALSE(made);
  CHECK(support::open_handles() == handles - carried);
  return why.code;
}

std::error_code unreadable(const std::string& text) {
  parcel made;
  failure why;
  CHECK_FALSE(isthmus::detail::parse(text, made, why));
  return why.code;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("an object that was packed and unpacked is the same object",
                        "[transfer][DUP-01]", support::kinds) {
  using kind = support::kind<TestType>;
  const std::string name = GENERATE_COPY(std::string(), support::unique_name("sent"));
  auto here = TestType::create(kind::create(name));
  any_object there = delivered(packed(here));
  CHECK(there.name() == name);
  CHECK(there.access() == kind::full);
  auto* const object = there.get<TestType>();
  REQUIRE(object != nullptr);
  CHECK(kind::same(here, *object));
  CHECK_FALSE(object->created());
}

TEMPLATE_LIST_TEST_CASE("an object on its way lives, and its name goes with whoever has it last",
                        "[transfer][INH-07]", support::kinds) {
  using kind = support::kind<TestType>;
  const auto name = support::unique_name("flying");
  std::optional<parcel> flying;
  {
    auto here = TestType::create(kind::create(name));
    kind::mark(here);
    flying = packed(here);
  }
  std::error_code ec;
  CHECK(TestType::open(kind::open(name), ec));
  CHECK_FALSE(ec);
  {
    any_object there = delivered(std::move(*flying));
    CHECK(kind::marked(*there.get<TestType>()));
  }
  (void)TestType::open(kind::open(name), ec);
  CHECK(ec == errc::not_found);
  CHECK(white::anchors().empty());
}

TEMPLATE_LIST_TEST_CASE("a parcel that nobody unpacks gives its object up", "[transfer]",
                        support::kinds) {
  using kind = support::kind<TestType>;
  const auto name = support::unique_name("lost");
  const auto handles = support::open_handles();
  { const parcel lost = packed(TestType::create(kind::create(name))); }
  CHECK(support::open_handles() == handles);
  std::error_code ec;
  (void)TestType::open(kind::open(name), ec);
  CHECK(ec == errc::not_found);
}

TEMPLATE_LIST_TEST_CASE("an object arrives with fewer rights where these were sent",
                        "[transfer][DUP-02]", support::kinds) {
  using kind = support::kind<TestType>;
  const std::string name = GENERATE_COPY(std::string(), support::unique_name("narrow"));
  auto here = TestType::create(kind::create(name));
  any_object there = delivered(packed({here, kind::narrow}));
  CHECK(there.access() == kind::narrow);
  parcel none;
  failure why;
  CHECK_FALSE(pack({here, access::none}, none, why));
  CHECK(why.code == errc::access_denied);
  why.clear();
  CHECK_FALSE(pack({here, kind::foreign}, none, why));
  CHECK(why);
}

TEST_CASE("a section that may only be read travels as a descriptor that cannot write",
          "[transfer][DUP-02]") {
  const auto folder = support::temporary_folder();
  support::write_file(folder / "bytes", "some bytes");
  const auto name = support::unique_name("reading");
  std::vector<section> sections;
  sections.push_back(section::create({.size = 4096}));
  sections.push_back(section::create({.name = name, .size = 4096}));
  const auto both = access::read | access::write;
  sections.push_back(section::from_file(folder / "bytes", {.access = both}));
  sections.push_back(section::from_file(folder / "bytes", {.name = name + ".f", .access = both}));
  for (const auto& each : sections) {
    parcel sent = packed({each, access::read});
    for (const auto& part : sent.carriers)
      if (part) CHECK((::fcntl(part.get(), F_GETFL) & O_ACCMODE) == O_RDONLY);
    // Whoever changes the description gets no more.
    sent.access = both;
    CHECK(refused(std::move(sent)));
    const auto there = delivered(packed({each, access::read}));
    CHECK(there.get<section>()->size() == each.size());
  }
}

TEST_CASE("sections of files travel with their file", "[transfer]") {
  const auto folder = support::temporary_folder();
  support::write_file(folder / "bytes", "some bytes");
  const std::string name = GENERATE_COPY(std::string(), support::unique_name("file"));
  const auto both = access::read | access::write;
  auto here = section::from_file(folder / "bytes", {.name = name, .size = 7, .access = both});
  parcel sent = packed(here);
  CHECK(static_cast<bool>(sent.carriers[1]) == !name.empty());
  here.close();
  auto there = delivered(std::move(sent)).take<section>();
  CHECK(there.size() == 7);
  isthmus::view::map(there).as<char>() = 'S';
  CHECK(support::read_file(folder / "bytes") == "Some bytes");
}

TEMPLATE_LIST_TEST_CASE("a parcel whose description is not that of what it carries is refused",
                        "[transfer][hostile]", support::kinds) {
  using kind = support::kind<TestType>;
  using other = typename kind::other;
  auto here = TestType::create(kind::create());
  auto foreign = other::create(support::kind<other>::create());
  parcel false_identity = packed(here);
  ++false_identity.identity[1];
  CHECK(refused(std::move(false_identity)) == errc::damaged);
  parcel false_name = packed(here);
  false_name.name = "another";
  CHECK(refused(std::move(false_name)) == errc::damaged);
  parcel false_kind = packed(here);
  parcel of_other = packed(foreign);
  std::swap(false_kind.carriers, of_other.carriers);
  CHECK(refused(std::move(false_kind)) == errc::damaged);
  of_other.identity = packed(here).identity;
  CHECK(refused(std::move(of_other)));
  parcel nothing = packed(here);
  nothing.carriers = {};
  CHECK(refused(std::move(nothing)) == errc::damaged);
}

TEMPLATE_LIST_TEST_CASE("what is no object's file is refused", "[transfer][hostile]",
                        support::kinds) {
  using kind = support::kind<TestType>;
  auto here = TestType::create(kind::create());
  for (const char* const path : {"/dev/null", "/proc/self/exe", "/", "/dev/zero"}) {
    INFO(path);
    parcel sent = packed(here);
    sent.carriers[0] = carrier(::open(path, O_RDONLY | O_CLOEXEC));
    REQUIRE(sent.carriers[0]);
    CHECK(refused(std::move(sent)));
  }
  parcel short_one = packed(here);
  short_one.carriers[0] = carrier(::memfd_create("short", MFD_CLOEXEC));
  CHECK(refused(std::move(short_one)) == errc::damaged);
}

TEST_CASE("a description that is no such thing is damaged, one of another version says so",
          "[transfer][hostile]") {
  const std::string good = describe(packed(section::create({.size = 4096})));
  parcel made;
  failure why;
  REQUIRE(isthmus::detail::parse(good, made, why));
  for (std::size_t length = 0; length < good.size(); ++length) {
    // One digit less may still be a number, but then of a kind or size that makes no sense.
    if (good[length] == '.' || length + 1 == good.size()) CHECK(unreadable(good.substr(0, length)));
  }
  for (const std::string& text :
       {good + ".",
        good + "0",
        "." + good,
        good + "zz",
        " " + good,
        good + " ",
        std::string("1.6.3.1.0.1.1000.3.0."),   // no such kind
        std::string("1.0.3.1.0.1.1000.3.0."),   // none
        std::string("1.1.0.1.0.1.1000.3.0."),   // no rights
        std::string("1.1.10.1.0.1.1000.3.0."),  // rights of another kind
        std::string("1.2.3.1.0.1.0.0.0."),      // the same
        std::string("1.1.3.0.0.1.1000.3.0."),   // scope::automatic
        std::string("1.1.3.1.0.1.0.3.0."),      // no size
        std::string("1.1.3.1.0.1.ffffffffffffffff.3.0."),
        std::string("1.1.3.1.0.1.1000.1.0."),  // a right that the pages do not have
        std::string("1.1.3.1.0.1.1000.3.2."),
        std::string("1.1.3.1.0.1.1000.3.0.5c"),  // a name with a backslash
        std::string("1.1.3.1.0.1.1000.3.0.00"),  // with a NUL
        std::string("1.1.3.1.0.1.1000.3.0.6"),   // half a character
        std::string("1.1.3.1.0.1.1000.3.0.FF"),
        "1.1.3.1.0.1.1000.3.0." + std::string(2050, '6')}) {
    INFO(text);
    CHECK(unreadable(text) == errc::damaged);
  }
  CHECK(unreadable("2" + good.substr(1)) == errc::incompatible_version);
}
