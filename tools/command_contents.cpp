// SPDX-License-Identifier: MIT
#include "command_parts.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace tool {
namespace {

using isthmus::object_kind;

/// What must hold between options.
void check(const create_options& options) {
  if (options.kind == object_kind::section && options.file.empty()) {
    if (!options.size) throw CLI::RequiredError("--size, or --file,");
    if (options.size == 0u)
      throw CLI::ValidationError("--size", "is 0; a section without --file has at least 1 byte");
  }
  if (options.initial > options.maximum)
    throw CLI::ValidationError("--initial", fmt::format("is {}, more than --maximum, {}",
                                                        options.initial, options.maximum));
}

CLI::App& add_kind(CLI::App& parent, command& into, object_kind kind, const std::string& help,
                   const std::string& example, const std::shared_ptr<create_options>& options) {
  options->kind = kind;
  CLI::App& made = add_command(parent, std::string(to_string(kind)), help, example);
  add_name(made, "name", options->name, "Its name").required();
  add_scope(made, options->scope);
  add_choice<isthmus::audience>(
      made, "--for", "Who else may use it (owner: nobody)",
      {{"owner", isthmus::audience::owner},
       {"group", isthmus::audience::group},
       {"everyone", isthmus::audience::everyone}},
      [options](const isthmus::audience& audience) { options->audience = audience; });
  made.add_flag("--or-open", options->or_open, "If there is one already, hold that");
  made.callback([options, &into] {
    check(*options);
    options->command = std::move(into.tail);
    into.chosen = [options] { return create(*options); };
  });
  return made;
}

void add_create(CLI::App& app, command& into) {
  CLI::App& all =
      add_command(app, "create",
                  "Make an object and hold it while a command runs, or until standard input ends: "
                  "create KIND NAME [options] [-- COMMAND…]",
                  "isthmus create event server.stop --manual -- ./server");
  all.require_subcommand(1);

  auto options = std::make_shared<create_options>();
  CLI::App& section = add_kind(all, into, object_kind::section, "Make a section",
                               "isthmus create section orders --size 1MiB -- ./shop", options);
  add_size(section, "--size", "Its size; of a file, 0 is as large as the file is",
           [options](std::uint64_t size) { options->size = size; });
  section
      .add_option_function<std::string>(
          "--file",
          [options](const std::string& path) {
            if (path.empty()) throw CLI::ValidationError("--file", "is empty");
            options->file = path;
          },
          "The file whose bytes it shows")
      ->option_text("PATH");

  options = std::make_shared<create_options>();
  add_kind(all, into, object_kind::mutex, "Make a mutex", "isthmus create mutex guard -- ./shop",
           options)
      .add_flag("--owned", options->owned, "Own it as well");

  options = std::make_shared<create_options>();
  CLI::App& semaphore = add_kind(all, into, object_kind::semaphore, "Make a semaphore",
                                 "isthmus create semaphore rooms --initial 3 --maximum 3", options);
  add_number(semaphore, "--initial", "Its permits at first (0)", {0},
             [options](std::int32_t number) { options->initial = number; });
  add_number(semaphore, "--maximum", "The most that it can have (2147483647)", {1},
             [options](std::int32_t number) { options->maximum = number; });

  options = std::make_shared<create_options>();
  CLI::App& event = add_kind(all, into, object_kind::event, "Make an event",
                             "isthmus create event stop --manual -- ./server", options);
  event.add_flag("--manual", options->manual, "It stays set until it is reset");
  event.add_flag("--set", options->set, "It is set at first");

  options = std::make_shared<create_options>();
  add_kind(all, into, object_kind::timer, "Make a timer", "isthmus create timer beat -- ./server",
           options)
      .add_flag("--manual", options->manual, "It stays set until it is armed again");
}

using bytes_verb = int (*)(const bytes_options&);

std::pair<CLI::App&, std::shared_ptr<bytes_options>> add_bytes(CLI::App& app, command& into,
                                                               const std::string& name,
                                                               const std::string& help,
                                                               const std::string& example,
                                                               bytes_verb what) {
  const auto options = std::make_shared<bytes_options>();
  CLI::App& made = add_command(app, name, help, example);
  add_name(made, "name", options->name, "The section's name").required();
  add_scope(made, options->scope);
  add_size(made, "--offset", "Where to begin (0)",
           [options](std::uint64_t size) { options->offset = size; });
  add_size(made, "--length", "How many bytes (up to the end)",
           [options](std::uint64_t size) { options->length = size; });
  made.callback(
      [options, what, &into] { into.chosen = [options, what] { return what(*options); }; });
  return {made, options};
}

}  // namespace

void add_contents(CLI::App& app, command& into) {
  add_create(app, into);
  const auto reading = add_bytes(
      app, into, "read", "Write a section's bytes to standard output; on a terminal, as a hex dump",
      "isthmus read orders --length 64 >start.bin", read);
  reading.first.add_flag("--hex", reading.second->hex, "As a hex dump in any case");
  add_bytes(app, into, "write", "Put standard input into a section",
            "isthmus write orders --offset 4K <page.bin", write);
}

}  // namespace tool
