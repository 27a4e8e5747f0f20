// SPDX-License-Identifier: MIT
//
// The parts of session_directory.hpp: what there is of one user's in the place where session
// directories lie, and the wish to make one.
#pragma once

#include "posix/system/descriptor.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace isthmus::detail {

/// The place, as one user sees it.
struct session_place {
  int base = -1;  ///< a descriptor
  std::uint32_t user = 0;

  /// What the names of this user's directories and wishes begin with.
  [[nodiscard]] std::string stem() const;
  [[nodiscard]] std::string temporary_stem() const;
  /// Whether an entry is a directory of this user's.
  [[nodiscard]] bool is_ours(const char* entry) const noexcept;
  /// Whether the place itself is still there.
  [[nodiscard]] bool is_there() const noexcept;
};

/// What there is of ours.
struct session_sighting {
  std::string session;              ///< the directory's entry; empty: there is none
  std::vector<std::string> wishes;  ///< their entries, of living processes and dead ones
};

/// Lists it: 0 or an error number.
int look_around(const session_place& where, session_sighting& seen);

/// Whether a wish is a living process's. A dead one's is removed.
bool lives(const session_place& where, const std::string& wish) noexcept;

/// This process's wish; withdrawn at its end.
class session_wish {
 public:
  explicit session_wish(const session_place& where) : where_(where) {}
  session_wish(const session_wish&) = delete;
  session_wish& operator=(const session_wish&) = delete;
  ~session_wish() { withdraw(); }

  [[nodiscard]] const std::string& entry() const noexcept { return entry_; }

  /// 0 or an error number; ENOENT: a sweep has taken it away, or the place has gone.
  int make();
  /// It becomes the directory of this name: 0 or an error number.
  int become(const std::string& session) noexcept;

 private:
  void withdraw() noexcept;
  int lock(const std::string& temporary);

  const session_place& where_;
  std::string entry_;
  descriptor fd_;
  bool made_ = false;
};

}  // namespace isthmus::detail
