// SPDX-License-Identifier: MIT
#include "any.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "words.hpp"

#include <isthmus/wait.hpp>

#include <fmt/format.h>

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

}  // namespace

int wait(const wait_options& options) {
  std::vector<isthmus::any_object> objects;
  for (const auto& name : options.names) objects.push_back(open_waitable(name, options.scope));
  std::vector<isthmus::wait_ref> list;
  list.reserve(objects.size());
  for (auto& each : objects) list.emplace_back(waitable_in(each));
  const auto result = wait_for(list, options);
  if (result.status == isthmus::wait_status::timeout) return timed_out;
  if (options.all) {
    for (auto& each : objects) give_back(each);
  } else {
    give_back(objects[result.index]);
    if (objects.size() > 1) fmt::print("{}\n", options.names[result.index]);
  }
  return result.status == isthmus::wait_status::abandoned ? abandoned : done;
}

}  // namespace tool
