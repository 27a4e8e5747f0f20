// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <mutex>

void guides::from_boost() {
  // [port]
  // shared_memory_object::remove("Board");                        not needed
  // shared_memory_object board(create_only, "Board", read_write);
  // board.truncate(4096);
  auto board = isthmus::section::create({.name = "Board", .size = 4096});
  // mapped_region region(board, read_write);
  auto region = isthmus::view::map(board);
  // named_mutex guard(open_or_create, "Board.guard");
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  // scoped_lock<named_mutex> lock(guard);                         waits for ever for a dead owner
  std::scoped_lock lock{guard};
  if (guard.abandoned()) {
    // the owner died with it: repair what it left
  }
  // [end]
  expect(region.size() == 4096, "the ported code works");
}
