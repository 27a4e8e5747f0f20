// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include "command_parts.hpp"
#include "exit_code.hpp"
#include "names.hpp"
#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

namespace tool {

void add_scope(CLI::App& app, isthmus::scope& scope) {
  add_choice<isthmus::scope>(
      app, "--scope", "Where the names are: yours, or the machine's (session)",
      {{"session", isthmus::scope::session}, {"global", isthmus::scope::global}},
      [&scope](const isthmus::scope& chosen) { scope = chosen; });
}

void add_duration(CLI::App& app, const std::string& flags, const std::string& help,
                  std::function<void(duration)> use) {
  app.add_option_function<std::string>(
         flags,
         [flags, use = std::move(use)](const std::string& text) {
           const auto value = read_duration(text);
           if (!value)
             throw CLI::ValidationError(flags, "wants a time such as 500ms, 5s or 2m, not " + text);
           use(*value);
         },
         help)
      ->option_text("TIME");
}

CLI::Option& add_number(CLI::App& app, const std::string& flags, const std::string& help,
                        const number_range& range, std::function<void(std::int32_t)> use) {
  CLI::Option* const made = app.add_option_function<std::string>(
      flags,
      [flags, range, use = std::move(use)](const std::string& text) {
        std::int32_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc() || rest != end || value < range.least || value > range.most)
          throw CLI::ValidationError(
              flags, fmt::format("wants a whole number from {} to {}, not {}", range.least,
                                 range.most, text));
        use(value);
      },
      help);
  return *made->option_text("N");
}

void add_size(CLI::App& app, const std::string& flags, const std::string& help,
              std::function<void(std::uint64_t)> use) {
  app.add_option_function<std::string>(
         flags,
         [flags, use = std::move(use)](const std::string& text) {
           const auto value = read_size(text);
           if (!value)
             throw CLI::ValidationError(flags,
                                        "wants bytes such as 4096, 64K or 1MiB, not " + text);
           use(*value);
         },
         help)
      ->option_text("BYTES");
}

namespace {

/// CLI11 takes what is in brackets, and "++", for its own: such words get a mark, which is taken
/// off where they are read.
constexpr char protection = '\x01';

std::string unprotected(const std::string& text) {
  return text.starts_with(protection) ? text.substr(1) : text;
}

/// Nobody could find an object without a name.
void check_name(const std::string& name) {
  if (name.empty()) throw CLI::ValidationError("name", "is empty");
}

}  // namespace

CLI::Option& add_name(CLI::App& app, const std::string& flag, std::string& into,
                      const std::string& help) {
  CLI::Option* const made = app.add_option_function<std::string>(
      flag,
      [&into](const std::string& text) {
        into = name_from(unprotected(text));
        check_name(into);
      },
      help);
  return *made;
}

void add_names(CLI::App& app, std::vector<std::string>& into, const std::string& help) {
  app.add_option_function<std::vector<std::string>>(
         "name",
         [&into](const std::vector<std::string>& texts) {
           for (const std::string& each : texts)
             check_name(into.emplace_back(name_from(unprotected(each))));
         },
         help)
      ->required();
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::string& example) {
  CLI::App* const made = app.add_subcommand(name, help);
  made->footer("Example:\n  " + example + "\n");
  return *made;
}

namespace {

/// `isthmus`, or `isthmus run` where that was begun with: whose help is meant.
struct meant {
  const CLI::App* app;
  std::string before;  // what stands in front of its name
  [[nodiscard]] std::string name() const { return before + app->get_name(); }
};

meant in_question(const CLI::App& whole) {
  meant found{&whole, ""};
  for (auto given = whole.get_subcommands(); !given.empty(); given = found.app->get_subcommands())
    found = {given.front(), found.name() + " "};
  return found;
}

/// One line of a message that may have several.
std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void protect(std::vector<std::string>& arguments) {
  for (std::string& each : arguments)
    if (each == "++" || each.starts_with('[') || each.starts_with(protection))
      each.insert(each.begin(), protection);
}

/// A word in place of a subcommand that is none; empty where there is no such word.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* within = &app;
  for (const std::string& each : arguments) {
    const auto known = within->get_subcommands([](const CLI::App*) { return true; });
    if (known.empty() || each.starts_with('-')) break;
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const CLI::App* one) { return one->get_name() == each; });
    if (found == known.end()) return each;
    within = *found;
  }
  return {};
}

bool takes_command(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "run" || arguments.front() == "create");
}

}  // namespace

int run_command_line(std::vector<std::string> arguments) {
  command what;
  if (takes_command(arguments)) {
    // Taken off first: what the command is given is not for us to interpret in any way.
    const auto mark = std::find(arguments.begin(), arguments.end(), "--");
    if (mark != arguments.end()) what.tail.assign(mark + 1, arguments.end());
    if (mark != arguments.end() && what.tail.empty())
      throw stop(bad_usage, "no command after '--'; give the one that is to be run");
    arguments.erase(mark, arguments.end());
  }
  protect(arguments);
  CLI::App app(
      "Shows and uses the shared objects of isthmus: sections, mutexes, semaphores, events "
      "and timers.",
      "isthmus");
  app.require_subcommand(1);
  app.set_version_flag("--version", "isthmus " ISTHMUS_VERSION);
  app.footer(
      "Each has a help of its own: isthmus run --help. Exit codes: 0 done, 1 failed, 2 wrong "
      "command line, 3 no such object, 4 access denied, 5 abandoned, 124 timed out.\n");
  add_looking(app, what);
  add_waiting(app, what);
  add_contents(app, what);
  if (const auto word = unknown_command(app, arguments); !word.empty())
    throw stop(bad_usage,
               fmt::format("there is no '{}' here; see 'isthmus{} --help'", printable(word),
                           word == arguments.front() ? "" : " " + arguments.front()));
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    const meant found = in_question(app);
    fmt::print("{}", found.app->help(found.before.substr(0, found.before.rfind(' '))));
    return done;
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return done;
  } catch (const CLI::ParseError& wrong) {
    throw stop(bad_usage, fmt::format("{}; see '{} --help'", printable(on_one_line(wrong.what())),
                                      in_question(app).name()));
  }
  return what.chosen();
}

}  // namespace tool
