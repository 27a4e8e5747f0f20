// SPDX-License-Identifier: MIT
//
// The work itself, which every member of the crew does in the same way.
#pragma once

#include "table.hpp"

#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace wordcount {

/// The names of one run's objects. The nonce keeps runs apart; the names go with the run.
struct names {
  explicit names(std::string_view nonce);

  std::string text;   ///< section: the file
  std::string table;  ///< section: the table
  std::string guard;  ///< mutex: of the table
  std::string chief;  ///< mutex: owned by the process that started the others, as long as it lives
};

/// Holds the mutex of the table, and repairs the table if the previous owner died with it.
class [[nodiscard]] turn {
 public:
  turn(isthmus::mutex& guard, table& shared, member_number member);
  ~turn();
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

 private:
  isthmus::mutex& guard_;
};

/// One member's hold on everything.
struct member {
  isthmus::section text;
  isthmus::const_view text_view;
  table shared;
  isthmus::mutex guard;
  member_number number;

  [[nodiscard]] std::string_view all_text() const;
  /// Counts one chunk. False: none is free.
  bool count_a_chunk(const std::function<void()>& halfway);

  frequencies found = {};  ///< of its latest chunk
};

/// What a worker process does from beginning to end; its exit code. A `victim` stops in the middle
/// of its first merge and waits to be killed.
int work(std::string_view nonce, member_number number, bool victim);

}  // namespace wordcount
