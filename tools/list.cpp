// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "table.hpp"
#include "terminal.hpp"
#include "words.hpp"

#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <system_error>

namespace tool {
namespace {

std::vector<isthmus::object_report> found(const list_options& options) {
  std::vector<isthmus::object_report> all;
  for (const auto where : options.scopes) {
    std::error_code ec;
    auto some = isthmus::inspect_all(where, ec);
    // Of several scopes, one that this system does not have has no objects.
    if (ec && !(options.scopes.size() > 1 && ec == isthmus::errc::not_supported))
      some = isthmus::inspect_all(where);  // says why in words
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  if (options.kind)
    std::erase_if(all, [&](const auto& each) { return each.kind != *options.kind; });
  return all;
}

/// What has no name that could be given to other subcommands is left out.
void print_names(const std::vector<isthmus::object_report>& objects) {
  for (const auto& each : objects)
    if (each.problem.empty()) fmt::print("{}\n", full_name(each));
}

}  // namespace

int list(const list_options& options) {
  const auto objects = found(options);
  if (options.json) {
    std::string text = "[";
    for (const auto& each : objects) text += (text.size() == 1 ? "\n" : ",\n") + json_of(each);
    fmt::print("{}{}]\n", text, objects.empty() ? "" : "\n");
  } else if (options.names) {
    print_names(objects);
  } else if (!objects.empty()) {
    fmt::print("{}", table_of(objects, width_of_output(), colourful()));
  } else if (is_terminal(stream::error)) {
    fmt::print(stderr, "isthmus: there are no objects\n");
  }
  return done;
}

}  // namespace tool
