// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <mutex>
#include <system_error>

void guides::from_qt() {
  // [port]
  // QSharedMemory memory(key); if (!memory.create(4096)) memory.attach();
  auto memory = isthmus::section::open_or_create({.name = "com.example.viewer", .size = 4096});
  auto view = isthmus::view::map(memory);
  // memory.lock();
  auto guard = isthmus::mutex::open_or_create({.name = "com.example.viewer.lock"});
  std::scoped_lock lock{guard};
  // [end]
  // [single]
  // The first instance holds this as long as it lives; a crash frees it.
  std::error_code ec;
  auto first = isthmus::mutex::create({.name = "com.example.viewer.instance"}, ec);
  bool another_runs = ec == isthmus::errc::already_exists;
  // [end]
  expect(view && first && !another_runs, "the ported code works");
}
