// SPDX-License-Identifier: MIT
//
// What the command says: the promises of its manual about words, names and numbers.
#include "tools/command.hpp"

#include "support/child.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/scopes.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"

#include <isthmus/event.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/process.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace support;

namespace {

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

/// Whether an error is one line that names this and what to do, and no function of the library.
bool tells(const answer& told, std::string_view object, std::string_view advice) {
  INFO(told.error);
  CHECK(is_one_line(told.error));
  CHECK_FALSE(contains(told.error, "::"));
  CHECK_FALSE(contains(told.error, "()"));
  CHECK_FALSE(contains(told.error, ".hpp"));
  CHECK(contains(told.error, object));
  CHECK(contains(told.error, advice));
  return is_one_line(told.error);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("run and wait say in one line for what they have waited in vain", "[tool]") {
  const auto name = unique_name("awaited");
  auto guard = isthmus::mutex::create({.name = name + "m", .initially_owned = true});
  const auto rooms = isthmus::semaphore::create({.name = name + "s", .initial = 0, .maximum = 1});
  const auto signal = isthmus::event::create({.name = name + "e"});
  const auto beat = isthmus::timer::create({.name = name + "t"});
  const auto run = command(with_command({"run", "--mutex", name + "m", "--timeout", "20ms"}, {}));
  CHECK(run.code == 124);
  CHECK(tells(run, "mutex \"" + name + "m\" was not free within 20 ms", "--timeout"));
  const auto state = std::get<isthmus::mutex_report>(isthmus::inspect(name + "m").state);
  const bool told = state.owner.has_value();  // not on Win32
  CHECK(contains(run.error, told ? "owned by " + std::to_string(process_id()) : "owned by"));
  const auto permit =
      command(with_command({"run", "--semaphore", name + "s", "--timeout", "20ms"}, {}));
  CHECK(permit.code == 124);
  CHECK(tells(permit, "semaphore \"" + name + "s\" had no free permit", "--timeout"));
  for (const std::string kind : {"m", "s", "e", "t"}) {
    const auto object = name + kind;
    const auto one = command({"wait", object, "--timeout", "0"});
    CHECK(one.code == 124);
    CHECK(tells(one, in_quotes(object), "--timeout"));
  }
  const auto any = command({"wait", name + "e", name + "t", "--timeout", "5ms"});
  CHECK(any.code == 124);
  CHECK(tells(any, "none of the 2 objects", "--timeout"));
  const auto all = command({"wait", name + "e", name + "t", "--all", "--timeout", "5ms"});
  CHECK(all.code == 124);
  CHECK(tells(all, "not all of the 2 objects", "--timeout"));
  guard.unlock();
}

TEST_CASE("a death that an exit code tells of is also told in a line", "[tool][MTX-08]") {
  const auto name = unique_name("death");
  const auto keeps = isthmus::mutex::create({.name = name});
  const auto kill_owner = [&] {
    ready_child victim("owns", {name});
    victim.kill();
  };
  kill_owner();
  const auto waited = command({"wait", name});
  CHECK(waited.code == 5);
  CHECK(tells(waited, "mutex \"" + name + "\"", "half-done"));
  kill_owner();
  const auto other = isthmus::event::create({.name = name + "e", .initially_set = true});
  const auto all = command({"wait", name + "e", name, "--all"});
  CHECK(all.code == 5);
  CHECK(tells(all, "mutex \"" + name + "\"", "half-done"));
  kill_owner();
  const auto coded =
      command(with_command({"run", "--mutex", name, "--abandoned-code", "9"}, {"list"}));
  CHECK(coded.code == 9);
  CHECK(coded.output.empty());
  CHECK(tells(coded, "mutex \"" + name + "\"", "has not been run"));
}

TEST_CASE("errors name the object and what to do, and no functions of the library", "[tool]") {
  const auto name = unique_name("no");
  const auto event = isthmus::event::create({.name = name + "e"});
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"show", name},
                                                {"wait", name},
                                                {"set", name},
                                                {"release", name},
                                                {"arm", name},
                                                {"cancel", name},
                                                {"read", name},
                                                {"write", name},
                                                {"watch", name + "\\"},
                                                {"show", "a\\b"}}) {
    const auto told = command(wrong);
    CHECK(told.code != 0);
    CHECK(tells(told, "\"", ""));
  }
  CHECK(tells(command({"wait", name}), "\"" + name + "\"", "isthmus list"));
  CHECK(tells(command({"create", "event", name + "e"}), "\"" + name + "e\"", "--or-open"));
  CHECK(tells(command({"create", "mutex", "--or-open", name + "e"}), "\"" + name + "e\"",
              "isthmus show"));
  const auto full = isthmus::semaphore::create({.name = name + "s", .initial = 1, .maximum = 2});
  CHECK(tells(command({"release", name + "s", "--count", "2"}), "\"" + name + "s\" has 1 of 2",
              "--count"));
  CHECK(tells(command({"show", "--scope", "global", "Local\\x"}), "prefix", "--scope"));
}

TEST_CASE("every name that is shown can be given as it is shown", "[tool][NAME-01]") {
  const auto stem = unique_name("q");
  std::vector<std::string> names{stem + "\t", stem + "\x1b[31m\n", stem + " two  words ",
                                 // NOLINTNEXTLINE(misc-misleading-bidirectional): it is to be shown
                                 stem + "\u202e\u0085", "-" + stem, "[" + stem + "]",
                                 stem + "\"'$%", "Local\t" + stem, "Local\x1f" + stem,
                                 "Global\t" + stem, "Global\x1f" + stem};
  for (const auto& name : names) {
    const auto made = isthmus::event::create({.name = "Local\\" + name, .initially_set = true});
    std::string shown;
    for (const auto& line : lines_of(command({"list", "--names", "--kind", "event"}).output))
      if (contains(line, stem)) shown = line;
    INFO(shown);
    REQUIRE_FALSE(shown.empty());
    CHECK(contains(command({"list"}).output, shown));
    const auto told = command({"show", shown});
    INFO(told.error);
    CHECK(told.code == 0);
    CHECK(contains(told.output, shown));
    CHECK(command({"reset", shown}).code == 0);
    CHECK(command({"set", shown}).code == 0);
    CHECK(command({"wait", shown, shown, "--timeout", "30s"}).output == shown + "\n");
    CHECK(command({"wait", shown, "--timeout", "0"}).code == 124);
  }
}

TEST_CASE("create says the name as others can be given it", "[tool][NAME-01]") {
  const auto name = unique_name("made\t");
  const auto told = command({"create", "event", name});
  CHECK(told.output == "event " + name.substr(0, name.find('\t')) + "\\x09" +
                           name.substr(name.find('\t') + 1) + "\n");
}

TEST_CASE("a number out of its range is told with the range, and 0 is not taken for none",
          "[tool]") {
  struct wrong {
    std::vector<std::string> arguments;
    const char* says;
  };
  for (const wrong& each :
       {wrong{{"create", "section", "x", "--size", "0"}, "--size: is 0"},
        {{"create", "section", "x"}, "--size, or --file, is required"},
        {{"create", "section", "x", "--file", ""}, "--file: is empty"},
        {{"create", "section", "x", "--size", "-1"}, "--size"},
        {{"create", "semaphore", "x", "--maximum", "0"}, "from 1 to 2147483647, not 0"},
        {{"create", "semaphore", "x", "--initial", "-1"}, "from 0 to 2147483647, not -1"},
        {{"create", "semaphore", "x", "--initial", "3", "--maximum", "2"},
         "more than --maximum, 2"},
        {{"create", "semaphore", "x", "--maximum", "4294967297"}, "not 4294967297"},
        {{"run", "--semaphore", "x", "--permits", "0", "--", "y"}, "from 1 to 2147483647, not 0"},
        {{"run", "--mutex", "x", "--abandoned-code", "256", "--", "y"}, "from 0 to 255, not 256"},
        {{"release", "x", "--count", "0"}, "from 1 to 2147483647, not 0"},
        {{"release", "x", "--count", "1.5"}, "not 1.5"},
        {{"wait", "x", "--timeout", "-1s"}, "--timeout"}}) {
    const auto told = command(each.arguments);
    INFO(told.error);
    CHECK(told.code == 2);
    CHECK(is_one_line(told.error));
    CHECK(contains(told.error, each.says));
  }
  const auto name = unique_name("file");
  const temporary_folder folder;
  const auto file = to_text(folder.file("bytes", "0123456789"));
  const auto made = command(
      with_command({"create", "section", name, "--file", file, "--size", "0"}, {"read", name}));
  CHECK(made.output == "0123456789");
}

TEST_CASE("watch --json gives an object on a line for each change", "[tool]") {
  const auto name = unique_name("watched");
  auto signal = isthmus::event::create({.name = name});
  const auto beat = isthmus::timer::create({.name = name + "t"});
  CHECK(command({"arm", name + "t", "--due", "1h"}).code == 0);
  isthmus::pipe_end output;
  auto watcher = isthmus::process::start(
      {.program = command_file(),
       .arguments = {"watch", name, name + "t", name + "n", "--json", "--interval", "5ms"},
       .output = isthmus::stream::pipe(output)});
  std::string seen;
  const auto told = [&](std::string_view what) {
    std::vector<std::byte> part(4096);
    while (!contains(seen, what)) {
      const auto size = output.read_for(part, patience());
      if (!size || *size == 0) return false;
      for (std::size_t i = 0; i < *size; ++i) seen += static_cast<char>(part[i]);
    }
    return true;
  };
  CHECK(told(R"("set":false)"));
  CHECK(told(R"("problem":"there is none")"));
  signal.set();
  CHECK(told(R"("set":true)"));
  signal.reset();
  CHECK(told("\"set\":false,\"mode\":\"automatic\"}"));
  watcher.terminate();
  CHECK(watcher.wait_for(patience()) == isthmus::wait_status::signaled);
  std::size_t of_timer = 0;
  for (const auto& line : lines_of(seen)) {
    CHECK(line.starts_with("{\"kind\":"));
    of_timer += contains(line, "\"" + name + "t\"") ? 1 : 0;
  }
  CHECK(of_timer == 1);  // that it is due soon and sooner is no change
}
