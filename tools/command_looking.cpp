// SPDX-License-Identifier: MIT
#include "command_parts.hpp"

#include <memory>

namespace tool {
namespace {

using scopes = std::vector<isthmus::scope>;

void add_scopes(CLI::App& app, scopes& into) {
  add_choice<scopes>(app, "--scope", "Where to look (session)",
                     {{"session", {isthmus::scope::session}},
                      {"global", {isthmus::scope::global}},
                      {"all", {isthmus::scope::session, isthmus::scope::global}}},
                     [&into](const scopes& chosen) { into = chosen; });
}

void add_list(CLI::App& app, command& into) {
  const auto options = std::make_shared<list_options>();
  CLI::App& list_command =
      add_command(app, "list", "List the objects that live, without holding any",
                  "isthmus list --kind mutex --json");
  add_scopes(list_command, options->scopes);
  add_choice<isthmus::object_kind>(
      list_command, "--kind", "Only objects of this kind",
      {{"section", isthmus::object_kind::section},
       {"mutex", isthmus::object_kind::mutex},
       {"semaphore", isthmus::object_kind::semaphore},
       {"event", isthmus::object_kind::event},
       {"timer", isthmus::object_kind::timer}},
      [options](const isthmus::object_kind& kind) { options->kind = kind; });
  CLI::Option* const json = list_command.add_flag("--json", options->json,
                                                  "For programs: an array, one object on a line");
  list_command.add_flag("--names", options->names, "Only the names, one on a line")->excludes(json);
  list_command.callback([options, &into] { into.chosen = [options] { return list(*options); }; });
}

void add_show(CLI::App& app, command& into) {
  const auto options = std::make_shared<show_options>();
  CLI::App& show_command =
      add_command(app, "show", "Show all that is known of one object", "isthmus show orders.guard");
  add_name(show_command, "name", options->name, "Its name").required();
  add_scope(show_command, options->scope);
  show_command.add_flag("--json", options->json, "For programs");
  show_command.callback([options, &into] { into.chosen = [options] { return show(*options); }; });
}

void add_watch(CLI::App& app, command& into) {
  const auto options = std::make_shared<watch_options>();
  CLI::App& watch_command =
      add_command(app, "watch", "Show objects as they change, until interrupted",
                  "isthmus watch orders orders.guard --interval 100ms");
  add_names(watch_command, options->names, "Their names");
  add_scope(watch_command, options->scope);
  add_duration(watch_command, "--interval", "How often to look (500ms)",
               [options](duration time) { options->interval = time; });
  watch_command.add_flag("--json", options->json, "For programs: a line for each change");
  watch_command.callback([options, &into] { into.chosen = [options] { return watch(*options); }; });
}

void add_clean(CLI::App& app, command& into) {
  const auto options = std::make_shared<clean_options>();
  CLI::App& clean_command =
      add_command(app, "clean", "Remove what crashed processes have left, and nothing else",
                  "isthmus clean --dry-run");
  add_scopes(clean_command, options->scopes);
  clean_command.add_flag("--dry-run", options->dry_run, "Only say what would be removed");
  clean_command.callback([options, &into] { into.chosen = [options] { return clean(*options); }; });
}

void add_doctor(CLI::App& app, command& into) {
  const auto options = std::make_shared<doctor_options>();
  CLI::App& doctor_command = add_command(
      app, "doctor", "Check that isthmus can run here, by trying it, and say what to do",
      "isthmus doctor");
  doctor_command.add_flag("--json", options->json, "For programs: an array, one check on a line");
  doctor_command.callback(
      [options, &into] { into.chosen = [options] { return doctor(*options); }; });
}

}  // namespace

void add_looking(CLI::App& app, command& into) {
  add_list(app, into);
  add_show(app, into);
  add_watch(app, into);
  add_clean(app, into);
  add_doctor(app, into);
}

}  // namespace tool
