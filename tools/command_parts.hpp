// SPDX-License-Identifier: MIT
//
// Parts of the command line. Each adds some subcommands; whichever is given sets `chosen` to what
// is to be done.
#pragma once

#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// What the parts fill in.
struct command {
  std::function<int()> chosen;
  std::vector<std::string> tail;  ///< what stands after `--`
};

void add_looking(CLI::App& app, command& into);   ///< list, show, watch, doctor, clean
void add_waiting(CLI::App& app, command& into);   ///< run, wait, set … cancel
void add_contents(CLI::App& app, command& into);  ///< create, read, write

/// `--scope session|global`, for subcommands with names.
void add_scope(CLI::App& app, isthmus::scope& scope);

/// Names of objects: `name` as a positional argument, or the value of an option. Not empty.
CLI::Option& add_name(CLI::App& app, const std::string& flag, std::string& into,
                      const std::string& help);
void add_names(CLI::App& app, std::vector<std::string>& into, const std::string& help);

/// Options whose values are whole numbers.
struct number_range {
  std::int32_t least;
  std::int32_t most = std::numeric_limits<std::int32_t>::max();
};
CLI::Option& add_number(CLI::App& app, const std::string& flags, const std::string& help,
                        const number_range& range, std::function<void(std::int32_t)> use);

/// Options whose values people write with units.
void add_duration(CLI::App& app, const std::string& flags, const std::string& help,
                  std::function<void(duration)> use);
void add_size(CLI::App& app, const std::string& flags, const std::string& help,
              std::function<void(std::uint64_t)> use);

/// An option that is one of some words. CLI11's own way would want to print the values.
template <class Value>
void add_choice(CLI::App& app, const std::string& flag, const std::string& help,
                std::vector<std::pair<std::string, Value>> choices,
                std::function<void(const Value&)> use) {
  std::string words;
  for (const auto& [word, value] : choices) words += (words.empty() ? "" : "|") + word;
  app.add_option_function<std::string>(
         flag,
         [=, choices = std::move(choices), use = std::move(use)](const std::string& text) {
           for (const auto& [word, value] : choices)
             if (word == text) return use(value);
           throw CLI::ValidationError(flag, "wants " + words + ", not " + text);
         },
         help)
      ->option_text(words);
}

/// A subcommand whose help ends in an example.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::string& example);

}  // namespace tool
