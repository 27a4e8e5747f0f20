// SPDX-License-Identifier: MIT
//
// What the command makes of what it knows: tables, JSON, units.
#include "words.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "names.hpp"
#include "table.hpp"
#include "units.hpp"

#include "support/limits.hpp"
#include "tools/command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace support;
using isthmus::object_report;

namespace {

object_report owned_mutex() {
  object_report report;
  report.kind = isthmus::object_kind::mutex;
  report.name = "a.rather.long.name.of.a.mutex.that.guards.something";
  report.state = isthmus::mutex_report{isthmus::mutex_use::owned, 2,
                                       isthmus::process_note{4711, "writer"}, 4712, std::nullopt};
  report.holders = std::vector<isthmus::process_note>{{4711, "writer"}, {4713, "reader"}};
  report.permissions = "0600";
  return report;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto length = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    longest = std::max(longest, static_cast<std::size_t>(length));
  }
  return longest;
}

}  // namespace

TEST_CASE("a table fits the terminal, and is whole where there is none", "[tool]") {
  const std::vector<object_report> objects{owned_mutex()};
  for (std::size_t width = 1; width < 132; ++width) {
    INFO("width " << width);
    const auto text = tool::table_of(objects, width, false);
    CHECK(longest_line(text) <= width);
    // Something is cut, or columns are left out behind the name, which is cut last.
    if (width >= 40) CHECK((contains(text, "\u2026") || !contains(text, "STATE")));
    if (width >= 5) CHECK(contains(text, "mutex"));  // only cut where nothing else is left
  }
  const auto whole = tool::table_of(objects, 0, false);
  CHECK(contains(whole, objects.front().name));
  CHECK(contains(whole, "owned by 4711 (writer), thread 4712, twice"));
  CHECK(contains(whole, "4711 (writer), 4713 (reader)"));
}

TEST_CASE("names are cut last, and then in their middle", "[tool]") {
  std::vector<object_report> objects(3, owned_mutex());
  objects[0].name = "shop.orders.of.today.guard";
  objects[1].name = "shop.orders.of.today.table";
  objects[2].name = "shop.bills.of.today.guard";
  for (std::size_t width = 7 + objects[0].name.size(); width < 132; ++width) {
    INFO("width " << width);
    const auto text = tool::table_of(objects, width, false);
    for (const auto& each : objects) CHECK(contains(text, each.name));
  }
  for (std::size_t width = 24; width < 7 + objects[0].name.size(); ++width) {
    INFO("width " << width);
    std::istringstream lines(tool::table_of(objects, width, false));
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
    REQUIRE(rows.size() == 4);
    CHECK(rows[1] != rows[2]);
    CHECK(rows[1] != rows[3]);
    CHECK(rows[2] != rows[3]);
  }
}

TEST_CASE("the library's words are told without its functions", "[tool]") {
  const auto said = [](const std::string& text) {
    return tool::for_people(isthmus::error(make_error_code(isthmus::errc::not_found), text));
  };
  CHECK(said("mutex::open(\"nope\"): there is none") == "\"nope\": there is none");
  CHECK(said("inspect(\"a\"): \"): b\"): none; isthmus::clean() removes it") ==
        "\"a\"): \"): b\": none; 'isthmus clean' removes it");
  CHECK(said("inspect_all: it has: colons") == "it has: colons");
  CHECK(said("inspect_all(\"global\"): none") == "scope global: none");
  CHECK(said("no operation: here") == "no operation: here");
}

TEST_CASE("names are read as they are shown", "[tool]") {
  using isthmus::scope;
  CHECK(tool::name_text("tab\there", scope::session) == "tab\\x09here");
  CHECK(tool::name_text("x", scope::global) == "Global\\x");
  CHECK(tool::name_text("Session", scope::session) == "Local\\Session");
  CHECK(tool::name_text("Local\t", scope::session) == "Local\\Local\\x09");
  CHECK(tool::name_from("tab\\x09here") == "tab\there");
  CHECK(tool::name_from("Local\\x09") == "Local\\x09");  // of session scope, called x09
  CHECK(tool::name_from("Local\\Local\\x09") == "Local\\Local\t");
  CHECK(tool::name_from("a\\x0") == "a\\x0");  // for the library to refuse
  CHECK(tool::name_from("a\\x+1") == "a\\x+1");
}

TEST_CASE("characters of two columns count as two", "[tool]") {
  std::vector<object_report> objects{owned_mutex()};
  objects.front().name = "\u5171\u6709\u30e1\u30e2\u30ea\u5171\u6709\u30e1\u30e2\u30ea";
  const auto wide = tool::table_of(objects, 0, false);
  objects.front().name = "12345678901234567890";
  const auto narrow = tool::table_of(objects, 0, false);
  CHECK(wide.find('\n') == narrow.find('\n'));  // the titles
  objects.front().name = "\u5171\u6709\u30e1\u30e2\u30ea";
  CHECK(contains(tool::table_of(objects, 40, false), "\u5171\u6709"));
}

TEST_CASE("a table has colours only where they are asked for", "[tool]") {
  std::vector<object_report> objects{owned_mutex()};
  objects.front().leftover = true;
  CHECK(contains(tool::table_of(objects, 80, true), "\x1b[33m"));
  CHECK_FALSE(contains(tool::table_of(objects, 80, false), "\x1b"));
}

TEST_CASE("what is unknown is said to be", "[tool]") {
  object_report report;
  report.kind = isthmus::object_kind::event;
  CHECK(tool::state_text(report) == "unknown");
  CHECK(tool::holders_text(report) == "unknown");
  CHECK(tool::waiters_text(report) == "unknown");
  report.waited_for = true;  // where sleepers cannot be counted
  CHECK(tool::waiters_text(report) == "maybe");
  report.waited_for = false;
  CHECK(tool::waiters_text(report) == "none");
  CHECK(tool::age_text(report) == "unknown");
  CHECK(contains(tool::json_of(report), R"("state":null,"holders":null)"));
}

TEST_CASE("texts in JSON are quoted, and are UTF-8 whatever they were", "[tool]") {
  CHECK(tool::json_text("a\"b\\c\n\x7f") == R"("a\"b\\c\u000a\u007f")");
  CHECK(tool::json_text("\u00fc\u2026") == "\"\u00fc\u2026\"");
  CHECK(tool::json_text("\xff\xc0\x80\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd")");
}

TEST_CASE("times and sizes are read with their units, and nothing else is", "[tool]") {
  CHECK(tool::read_duration("2") == 2s);
  CHECK(tool::read_duration("1.5s") == 1500ms);
  CHECK(tool::read_duration("20ms") == 20ms);
  CHECK(tool::read_duration("2m") == 2min);
  CHECK(tool::read_duration("1h") == 1h);
  CHECK(tool::read_duration("1000000h") == 1000000h);
  CHECK(tool::read_duration("9999999h") == std::chrono::nanoseconds::max());
  for (const char* const wrong : {"", "s", "-1", " 1", "1 s", "1y", "soon", "0x10", "nan", "inf"}) {
    INFO(wrong);
    CHECK_FALSE(tool::read_duration(wrong));
  }
  CHECK(tool::read_size("4096") == 4096u);
  CHECK(tool::read_size("0x1000") == 4096u);
  CHECK(tool::read_size("4K") == 4096u);
  CHECK(tool::read_size("1MiB") == 1048576u);
  CHECK(tool::read_size("16E") == std::nullopt);
  for (const char* const wrong :
       {"", "K", "-1", "1x", "1KK", "99999999999999999999", "17179869184G"})
    CHECK_FALSE(tool::read_size(wrong));
}
