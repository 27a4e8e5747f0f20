// SPDX-License-Identifier: MIT
#pragma once

#include "actor.hpp"

#include "posix/forked.hpp"
#include "posix/states.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace storm {

/// The parent: starts the workers, kills them, buries the dead, and settles the books.
class storm {
 public:
  explicit storm(std::uint64_t seed);

  /// Until the time is over or something is wrong.
  void run(std::chrono::duration<double> time);
  /// Ends all workers and prints the figures. Whether all is well.
  bool report();

 private:
  white::forked start(std::size_t worker);
  void kill_one();
  void bury();
  void count();
  void serve();
  void check_signals();
  void settle();
  [[nodiscard]] bool nobody(unsigned does, std::uint32_t with) const;

  white::shared<books> books_;
  objects shared_;
  actor me_;
  white::page_of pool_page_{shared_.pool};
  white::page_of baton_page_{shared_.baton};
  std::vector<white::forked> all_;
  std::uint32_t pool_doubts_ = 0, baton_doubts_ = 0;
  std::uint64_t pace_ = 4000;  ///< microseconds between two deaths, at most
  int deaths_ = 0, doubts_ = 0, settled_ = 0;
};

}  // namespace storm
