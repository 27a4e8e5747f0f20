// SPDX-License-Identifier: MIT
#include "command_parts.hpp"

#include "exit_code.hpp"

#include <memory>
#include <utility>

namespace tool {
namespace {

void add_run(CLI::App& app, command& into) {
  const auto options = std::make_shared<run_options>();
  CLI::App& run_command = add_command(
      app, "run", "Run a command while holding a mutex or a permit: run [options] -- COMMAND…",
      "isthmus run --mutex backup --timeout 10s -- tar cf /backup/home.tar /home");
  CLI::Option* const mutex =
      add_name(run_command, "--mutex", options->mutex, "Hold this mutex; it is made if need be")
          .option_text("NAME");
  CLI::Option* const semaphore =
      add_name(run_command, "--semaphore", options->semaphore, "Hold a permit of this semaphore")
          .option_text("NAME");
  mutex->excludes(semaphore);
  add_number(run_command, "--permits", "How many a semaphore has that has to be made (1)", {1},
             [options](std::int32_t number) { options->permits = number; })
      .needs(semaphore);
  add_scope(run_command, options->scope);
  add_duration(run_command, "--timeout", "Give up after this time, with exit code 124",
               [options](duration time) { options->timeout = time; });
  add_number(run_command, "--abandoned-code",
             "If the mutex's last owner died with it: exit with this code and do not run COMMAND. "
             "Without it COMMAND runs, with ISTHMUS_ABANDONED=1",
             {0, 255}, [options](std::int32_t code) { options->abandoned_code = code; })
      .needs(mutex);
  run_command.callback([options, &into] {
    if (options->mutex.empty() && options->semaphore.empty())
      throw CLI::RequiredError("--mutex or --semaphore");
    if (into.tail.empty()) throw CLI::RequiredError("-- COMMAND");
    options->command = std::move(into.tail);
    into.chosen = [options] { return run(*options); };
  });
}

void add_wait(CLI::App& app, command& into) {
  const auto options = std::make_shared<wait_options>();
  CLI::App& wait_command = add_command(
      app, "wait", "Wait for one of some objects, or for all; a mutex is given back at once",
      "isthmus wait server.ready --timeout 30s");
  add_names(wait_command, options->names, "Their names");
  wait_command.add_flag("--all", options->all, "For all of them at once, not for any");
  add_scope(wait_command, options->scope);
  add_duration(wait_command, "--timeout", "Give up after this time, with exit code 124",
               [options](duration time) { options->timeout = time; });
  wait_command.callback([options, &into] { into.chosen = [options] { return wait(*options); }; });
}

using signal_verb = int (*)(const signal_options&);

std::pair<CLI::App&, std::shared_ptr<signal_options>> add_verb(CLI::App& app, command& into,
                                                               const std::string& name,
                                                               const std::string& help,
                                                               const std::string& example,
                                                               signal_verb what) {
  const auto options = std::make_shared<signal_options>();
  CLI::App& made = add_command(app, name, help, example);
  add_name(made, "name", options->name, "Its name").required();
  add_scope(made, options->scope);
  made.callback(
      [options, what, &into] { into.chosen = [options, what] { return what(*options); }; });
  return {made, options};
}

}  // namespace

void add_waiting(CLI::App& app, command& into) {
  add_run(app, into);
  add_wait(app, into);
  add_verb(app, into, "set", "Set an event", "isthmus set server.stop", set);
  add_verb(app, into, "reset", "Unset an event", "isthmus reset server.ready", reset);
  add_verb(app, into, "pulse", "Release those who wait for an event at this moment",
           "isthmus pulse next.frame", pulse);
  const auto release_command = add_verb(app, into, "release", "Give permits to a semaphore",
                                        "isthmus release rooms --count 2", release);
  const auto released = release_command.second;
  add_number(release_command.first, "--count", "How many permits (1)", {1},
             [released](std::int32_t number) { released->count = number; });
  const auto arm_command =
      add_verb(app, into, "arm", "Arm a timer", "isthmus arm beat --due 1s --period 100ms", arm);
  const auto armed = arm_command.second;
  add_duration(arm_command.first, "--due", "When it is to be set first, from now (0)",
               [armed](duration time) { armed->due = time; });
  add_duration(arm_command.first, "--period", "And how often from then on; whole milliseconds",
               [armed](duration time) {
                 armed->period = std::chrono::ceil<std::chrono::milliseconds>(time);
               });
  add_verb(app, into, "cancel", "Take a timer's schedule away", "isthmus cancel beat", cancel);
}

}  // namespace tool
