// SPDX-License-Identifier: MIT
//
// Inheritance without a child that inherits; that is in across/inherited.cpp.
#include <isthmus/inherited.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/process.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <system_error>

using namespace support;
using Catch::Matchers::ContainsSubstring;
using isthmus::access;
using isthmus::channel;
using isthmus::errc;
using isthmus::event;
using isthmus::process;
using isthmus::section;

namespace {

std::error_code refused(std::vector<isthmus::inherit_entry> inherit) {
  std::error_code ec;
  const auto started = process::start({.program = child_program(),
                                       .arguments = {child_argument("none")},
                                       .inherit = std::move(inherit)},
                                      ec);
  CHECK_FALSE(started);
  return ec;
}

}  // namespace

TEST_CASE("a process to which nothing was passed has inherited nothing", "[inherited][INH-03]") {
  std::error_code ec;
  CHECK_FALSE(isthmus::inherited<section>("table", ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(isthmus::inherited<event>("", ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(isthmus::inherited<channel>("parent", ec));
  CHECK(ec == errc::not_found);
  const auto problem = thrown_by([] { (void)isthmus::inherited<section>("table"); });
  CHECK(problem.code == errc::not_found);
  CHECK_THAT(problem.text, ContainsSubstring("inherited(\"table\")"));
}

TEST_CASE("keys are not empty and there once", "[inherited]") {
  const auto one = event::create();
  const auto other = event::create();
  CHECK(refused({{"", one}}) == errc::invalid_argument);
  CHECK(refused({{"a", one}, {"b", one}, {"a", other}}) == errc::invalid_argument);
}

TEST_CASE("what cannot be passed is an error that names its key", "[inherited][INH-02]") {
  const auto object = event::create();
  const auto memory = section::create({.size = 4096, .access = access::read});
  CHECK(refused({{"it", event()}}) == errc::invalid_argument);
  CHECK(refused({{"it", section()}}) == errc::invalid_argument);
  CHECK(refused({{"it", object, access::none}}) == errc::access_denied);
  CHECK(refused({{"it", object, access::read}}) == errc::invalid_argument);
  CHECK(refused({{"it", memory, access::read | access::write}}) == errc::access_denied);
  CHECK(refused({{"it", process::open(process_id())}}) == errc::invalid_argument);
  const event empty;
  const auto problem = thrown_by([&] {
    (void)process::start({.program = child_program(), .inherit = {{"ok", object}, {"it", empty}}});
  });
  CHECK_THAT(problem.text, ContainsSubstring("\"it\""));
}

TEST_CASE("of channels only the ends of a pair can be passed", "[inherited][channel]") {
  CHECK(refused({{"end", channel()}}) == errc::invalid_argument);
  auto door = isthmus::listener::create({.name = unique_name("door")});
  const auto guest = channel::connect({.name = door.name()});
  const auto host = door.accept(patience());
  CHECK(refused({{"end", guest}}) == errc::not_supported);
  CHECK(refused({{"end", host}}) == errc::not_supported);
}
