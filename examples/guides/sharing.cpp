// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <cstdint>
#include <mutex>
#include <system_error>

namespace {

// [layout]
struct counters {
  std::uint32_t version;  // so that another version of the program can tell
  std::uint32_t visits;
  std::uint64_t bytes;
};
// [end]

void names() {
  // [names]
  auto memory = isthmus::section::open_or_create({.name = "site", .size = sizeof(counters)});
  auto guard = isthmus::mutex::open_or_create({.name = "site.guard"});
  auto view = isthmus::view::map(memory);

  std::scoped_lock lock{guard};
  auto& site = view.as<counters>();
  if (site.version == 0) site.version = 1;  // new sections are zeroed
  site.visits += 1;
  // [end]
  guides::expect(memory.created() && site.visits == 1, "the first one creates");
}

void errors() {
  // [errors]
  std::error_code ec;
  auto memory = isthmus::section::open({.name = "site"}, ec);
  if (ec == isthmus::errc::not_found) {
    // nobody holds it: there is no such name
  }
  // [end]
  guides::expect(ec == isthmus::errc::not_found && !memory, "names go with their last holder");
}

void rights() {
  auto memory = isthmus::section::create({.size = sizeof(counters)});
  // [rights]
  auto reader = memory.duplicate(isthmus::access::read);
  auto view = isthmus::const_view::map(reader);
  std::error_code ec;
  auto writable = isthmus::view::map(reader, {}, ec);  // access_denied
  // [end]
  guides::expect(view && !writable && ec == isthmus::errc::access_denied, "rights hold");
}

}  // namespace

void guides::sharing() {
  names();
  errors();
  rights();
}
