// SPDX-License-Identifier: MIT
//
// The work itself, which every member of the crew does in the same way.
#pragma once

#include "table.hpp"

#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <functional>
#include <string_view>

namespace wordcount {

/// The keys under which workers inherit the objects of a run. None of these has a name: whoever was
/// not passed them cannot get at them.
namespace keys {
inline constexpr std::string_view text = "text";    ///< section: the file
inline constexpr std::string_view table = "table";  ///< section: the table
inline constexpr std::string_view guard = "guard";  ///< mutex: of the table
inline constexpr std::string_view chief = "chief";  ///< mutex: the first process's, while it lives
}  // namespace keys

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
int work(member_number number, bool victim);

}  // namespace wordcount
