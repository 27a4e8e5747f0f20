// SPDX-License-Identifier: MIT
#include "bytes.hpp"

#include "any.hpp"
#include "exit_code.hpp"

#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <system_error>
#include <variant>

namespace tool {

isthmus::section open_section(const bytes_options& options, isthmus::access rights) {
  try {
    return isthmus::section::open({.name = options.name, .access = rights, .scope = options.scope});
  } catch (const isthmus::error& failure) {
    explain_kind(failure, options.name, options.scope, "section");
  }
}

std::uint64_t length_in(const isthmus::section& section, const bytes_options& options) {
  const std::uint64_t size = section.size();
  const std::uint64_t room = options.offset <= size ? size - options.offset : 0;
  if (options.offset > size || options.length.value_or(0) > room)
    throw stop(failed,
               fmt::format("the section has {} bytes; choose --offset and --length within", size));
  return options.length.value_or(room);
}

bool is_reserved(const bytes_options& options) {
  std::error_code ec;
  const auto report = isthmus::inspect(options.name, options.scope, ec);
  const auto* const section = std::get_if<isthmus::section_report>(&report.state);
  return section != nullptr && section->reserve;
}

}  // namespace tool
