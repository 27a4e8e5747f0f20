// SPDX-License-Identifier: MIT
#pragma once

#include "actor.hpp"

#include <isthmus/semaphore.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace storm {

/// What a worker does with names: semaphores that all of them make, open, duplicate and close. What
/// somebody held throughout a call must have been found; what nobody can have held must be new.
class holder {
 public:
  explicit holder(actor& who) : who_(who) {}
  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;
  ~holder();

  void once();

 private:
  void enter(std::size_t which);
  void use(std::size_t which);
  void leave(std::size_t which);

  actor& who_;
  std::array<isthmus::semaphore, names> held_;
};

/// The name of the n-th; the parent's process, and so that of all, says which storm.
std::string name_of(std::size_t which);

/// A worker, until the books say stop; it may kill itself at a step of the library.
int run(books& all, objects& shared, int self, std::uint64_t seed);

}  // namespace storm
