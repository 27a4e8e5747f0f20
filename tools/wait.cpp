// SPDX-License-Identifier: MIT
#include "any.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "names.hpp"
#include "waits.hpp"

#include <isthmus/mutex.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace tool {
namespace {

isthmus::wait_result wait_for(const std::vector<isthmus::wait_ref>& objects,
                              const wait_options& options) {
  if (options.all)
    return options.timeout ? isthmus::wait_all_for(objects, *options.timeout)
                           : isthmus::wait_all(objects);
  return options.timeout ? isthmus::wait_any_for(objects, *options.timeout)
                         : isthmus::wait_any(objects);
}

/// Of several objects that were had, the first whose owner had died.
std::size_t index_of_abandoned(std::vector<isthmus::any_object>& objects) {
  const auto found = std::find_if(objects.begin(), objects.end(), [](isthmus::any_object& each) {
    const auto* const guard = each.get<isthmus::mutex>();
    return guard != nullptr && guard->abandoned();
  });
  return found == objects.end() ? 0 : static_cast<std::size_t>(found - objects.begin());
}

}  // namespace

int wait(const wait_options& options) {
  std::vector<isthmus::any_object> objects;
  for (const auto& name : options.names) objects.push_back(open_waitable(name, options.scope));
  std::vector<isthmus::wait_ref> list;
  list.reserve(objects.size());
  for (auto& each : objects) list.emplace_back(waitable_in(each));
  const auto result = wait_for(list, options);
  if (result.status == isthmus::wait_status::timeout)
    throw stop(timed_out, objects.size() == 1
                              ? timeout_text(options.names.front(), options.scope, *options.timeout)
                              : timeout_text(objects.size(), options.all, *options.timeout));
  const bool told = result.status == isthmus::wait_status::abandoned;
  const std::size_t dead = told && options.all ? index_of_abandoned(objects) : result.index;
  if (options.all) {
    for (auto& each : objects) give_back(each);
  } else {
    give_back(objects[result.index]);
    if (objects.size() > 1) fmt::print("{}\n", name_text(options.names[result.index]));
  }
  if (!told) return done;
  if (std::fflush(stdout) != 0) throw stop(failed, no_output);
  throw stop(abandoned, abandoned_text(options.names[dead], options.scope));
}

}  // namespace tool
