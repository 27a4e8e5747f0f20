// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "units.hpp"
#include "words.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <system_error>

namespace tool {
namespace {

bool exists(isthmus::scope where) {
  std::error_code ec;
  (void)isthmus::leftovers(where, ec);
  return ec != isthmus::errc::not_supported;
}

const char* plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

/// Every process that has used a mutex leaves a record, whatever way it ends, until the next one
/// makes an object. That is no leftover of a crash.
void tell(const char* verb, isthmus::scope where, const isthmus::clean_result& result) {
  fmt::print("{}: ", scope_text(where));
  if (result.objects == 0) {
    fmt::print("nothing is left of crashed processes");
  } else {
    fmt::print("{} {} object{}", verb, result.objects, plural(result.objects));
  }
  if (result.records != 0)
    fmt::print("; {} {} record{} of ended processes", verb, result.records, plural(result.records));
  if (result.bytes != 0) fmt::print(", {}", size_text(result.bytes));
  fmt::print("\n");
}

}  // namespace

int clean(const clean_options& options) {
  for (const auto where : options.scopes) {
    if (options.scopes.size() > 1 && !exists(where)) continue;
    if (!options.dry_run) {
      tell("removed", where, isthmus::clean(where));
      continue;
    }
    for (const auto& each : isthmus::inspect_all(where))
      if (each.leftover) fmt::print("{} {}\n", kind_text(each), full_name(each));
    tell("would remove", where, isthmus::leftovers(where));
  }
  return done;
}

}  // namespace tool
