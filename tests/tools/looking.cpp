// SPDX-License-Identifier: MIT
//
// list, show, clean, doctor, and what all subcommands have in common.
#include "tools/command.hpp"

#include "support/child.hpp"
#include "support/names.hpp"
#include "support/scopes.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>

using namespace support;

// Holds a section until it is killed.
CHILD(holds_section) {
  const auto made = isthmus::section::create(of(io.argument(0)));
  io.send("ready");
  io.receive();
  return 0;
}

TEST_CASE("each subcommand has a help with an example", "[tool]") {
  for (const std::string name :
       {"list", "show", "watch", "run", "wait", "set", "reset", "pulse", "release", "arm", "cancel",
        "create", "read", "write", "clean", "doctor"}) {
    INFO(name);
    const auto help = command({name, "--help"});
    CHECK(help.code == 0);
    CHECK(contains(help.output, "Example:\n  isthmus " + name));
    CHECK(help.error.empty());
  }
  CHECK(contains(command({"--help"}).output, "doctor"));
  CHECK(contains(command({"--version"}).output, "isthmus "));
}

TEST_CASE("a wrong command line is one line that says where to look, and code 2", "[tool]") {
  for (const auto& wrong : std::vector<std::vector<std::string>>{{},
                                                                 {"nonsense"},
                                                                 {"list", "--kind", "spoon"},
                                                                 {"show"},
                                                                 {"run", "--mutex", "m"},
                                                                 {"run", "--", "program"},
                                                                 {"wait", "x", "--timeout", "soon"},
                                                                 {"create", "event"}}) {
    const auto told = command(wrong);
    INFO(told.error);
    CHECK(told.code == 2);
    CHECK(is_one_line(told.error));
    CHECK(contains(told.error, "--help'"));
    CHECK(told.output.empty());
  }
}

TEST_CASE("a misspelt subcommand, and a name or command that is left out, is named", "[tool]") {
  CHECK(contains(command({"lsit"}).error, "'lsit'"));
  CHECK(contains(command({"create", "mutxe", "x"}).error, "'mutxe'"));
  CHECK(contains(command({"create", "mutex", ""}).error, "is empty"));
  CHECK(contains(command({"create", "mutex", "x", "--"}).error, "--"));
  CHECK(contains(command({"create", "section", "x"}).error, "--size"));
  for (const auto& wrong :
       {command({"lsit"}), command({"create", "mutex", ""}),
        command({"create", "mutex", "x", "--"}), command({"create", "section", "x"})}) {
    CHECK(wrong.code == 2);
    CHECK(is_one_line(wrong.error));
  }
}

TEST_CASE("names in brackets and other odd ones are taken as they are", "[tool][NAME-01]") {
  for (const std::string odd : {"[a]", "[a,b]", "[]", "++", "a,b", "%%", "\x01x", "-x"}) {
    const std::string name = "Local\\" + odd;
    const auto event = isthmus::event::create({.name = name, .initially_set = true});
    INFO(odd);
    CHECK(command({"wait", "--", odd}).code == 0);
    CHECK(command({"wait", "--timeout", "0", "--", odd}).code == 124);
    CHECK(contains(command({"show", "--", odd}).output, "event"));
  }
}

TEST_CASE("list shows kind, name and state, and only the kind that is asked for", "[tool]") {
  const auto name = unique_name("listed");
  const auto rooms = isthmus::semaphore::create({.name = name, .initial = 2, .maximum = 5});
  const auto all = command({"list"});
  CHECK(all.code == 0);
  CHECK(all.output.starts_with("KIND"));
  CHECK(contains(all.output, "semaphore  "));
  CHECK(contains(all.output, name));
  CHECK(contains(all.output, "2 of 5"));
  CHECK_FALSE(contains(all.output, "\x1b"));  // no colours where nobody looks
  CHECK(contains(command({"list", "--kind", "semaphore"}).output, name));
  CHECK_FALSE(contains(command({"list", "--kind", "event"}).output, name));
}

TEST_CASE("list --names gives each name on a line of its own, and nothing else", "[tool]") {
  const auto name = unique_name("two words");
  const auto odd = unique_name("odd\n");
  const auto made = isthmus::event::create({.name = name});
  const auto other = isthmus::event::create({.name = odd});
  const auto all = "\n" + command({"list", "--names", "--kind", "event"}).output;
  CHECK(contains(all, "\n" + name + "\n"));
  const auto end = odd.find('\n');
  CHECK(contains(all, "\n" + odd.substr(0, end) + "\\x0a" + odd.substr(end + 1) + "\n"));
  CHECK_FALSE(contains(command({"list", "--names", "--kind", "timer"}).output, name));
  CHECK(command({"list", "--names", "--json"}).code == 2);
}

TEST_CASE("list --json gives an array with an object on each line", "[tool]") {
  const auto name = unique_name("quoted\"name");
  auto guard = isthmus::mutex::create({.name = name, .initially_owned = true});
  const auto all = command({"list", "--json"});
  CHECK(all.code == 0);
  CHECK(all.output.starts_with("[\n{"));
  CHECK(all.output.ends_with("}\n]\n"));
  const auto place = all.output.find(R"("name":"quoted\"name)");
  REQUIRE(place != std::string::npos);
  const auto line = all.output.substr(place, all.output.find('\n', place) - place);
  CHECK(contains(line, R"("use":"owned","depth":1)"));
  CHECK(contains(line, R"("scope":"session")"));
  guard.unlock();
}

TEST_CASE("a name with control characters cannot write to the terminal", "[tool]") {
  const auto name = unique_name("red\x1b[31m\n");
  const auto made = isthmus::event::create({.name = name});
  const auto all = command({"list"});
  CHECK(contains(all.output, "red\\x1b[31m\\x0a"));
  CHECK_FALSE(contains(all.output, "\x1b"));
}

TEST_CASE("show tells about one object, and what is not there is code 3", "[tool]") {
  const auto name = unique_name("shown");
  {
    const auto made = isthmus::event::create({.name = name, .initially_set = true});
    const auto told = command({"show", name});
    CHECK(told.code == 0);
    CHECK(contains(told.output, name));
    CHECK(contains(told.output, "set, automatic"));
    CHECK(contains(command({"show", name, "--json"}).output, R"("kind":"event")"));
  }
  const auto absent = command({"show", name});
  CHECK(absent.code == 3);
  CHECK(is_one_line(absent.error));
  CHECK(contains(absent.error, "isthmus list"));
}

TEST_CASE("what the command shows is not held by it", "[tool][LIFE-01]") {
  const auto name = unique_name("let_go");
  auto made = isthmus::section::create(of(name));
  CHECK(command({"list"}).code == 0);
  CHECK(command({"show", name}).code == 0);
  made.close();
  CHECK_FALSE(exists(name));
}

TEST_CASE("global names are shown with their prefix", "[tool]") {
  if (!has_global_scope()) SKIP("this build has no scope::global");
  const auto name = "Global\\" + unique_name("wide");
  const auto made = isthmus::event::create({.name = name});
  CHECK_FALSE(contains(command({"list"}).output, name));
  CHECK(contains(command({"list", "--scope", "global"}).output, name));
  CHECK(contains(command({"list", "--scope", "all"}).output, name));
  CHECK(command({"show", name}).code == 0);
}

TEST_CASE("processes that ended well have left nothing of a crash", "[tool][clean]") {
  // Whatever runs beside this test may crash: it does not do so in each of these moments.
  bool nothing = false;
  for (int tries = 0; tries < 20 && !nothing; ++tries) {
    (void)isthmus::clean();
    CHECK(command(with_command({"run", "--mutex", unique_name("well")}, {"list"})).code == 0);
    nothing = contains(command({"clean"}).output, "session: nothing is left of crashed processes");
  }
  CHECK(nothing);
}

TEST_CASE("clean removes what a crash has left, and with --dry-run only says so", "[tool][clean]") {
  std::string name;
  const auto is_left = [&] {
    std::error_code ec;
    return isthmus::inspect(name, isthmus::scope::session, ec).leftover;
  };
  // Whatever runs beside this test may clean, too: then there is nothing to be seen of this one.
  bool before = true;
  bool after = false;
  answer dry;
  answer list;
  for (int tries = 0; tries < 20 && before && !after; ++tries) {
    name = unique_name("left");
    ready_child victim("holds_section", {name});
    victim.kill();
    before = is_left();
    dry = command({"clean", "--dry-run"});
    list = command({"list"});
    after = is_left();
  }
  CHECK(before == after);
  CHECK(dry.code == 0);
  CHECK(contains(dry.output, "section " + name) == before);
  if (before) CHECK(contains(list.output, "leftover"));
  CHECK(command({"clean"}).code == 0);
  std::error_code ec;
  (void)isthmus::inspect(name, isthmus::scope::session, ec);
  CHECK(ec == isthmus::errc::not_found);
}

TEST_CASE("doctor names the backend and both scopes", "[tool]") {
  const auto told = command({"doctor"});
  INFO(told.output);
  CHECK((told.code == 0 || told.code == 1));  // machines differ
  CHECK((told.code == 1) == contains("\n" + told.output, "\nfails "));
  CHECK(contains(told.output, "backend " + isthmus::inspect_system().backend));
  CHECK(contains(told.output, "scope session"));
  CHECK(contains(told.output, "scope global"));
}
