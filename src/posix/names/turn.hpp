// SPDX-License-Identifier: MIT
//
// A turn at a name: while a process has it, nobody else creates, opens or lets go of this name, or
// of any other that shares the turn. Only where the life lock cannot be asked about (lifetime.hpp);
// elsewhere everybody has a turn at any time, and it costs nothing.
//
// Nobody waits for ever: a process that has been stopped with a turn keeps others from the names of
// that turn, and these are told so after 200 ms. One that dies gives it back.
#pragma once

#include "posix/names/directory.hpp"
#include "posix/system/descriptor.hpp"

namespace isthmus::detail {

enum class patience { some, none };

class [[nodiscard]] turn {
 public:
  /// `file` is the name's file in the directory. A thread has one turn at a time.
  turn(const directory& dir, const char* file, patience how = patience::some) noexcept;
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn();

  /// 0; EAGAIN: somebody else has had it all the time; ENOENT: the directory has gone; or another.
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  descriptor lock_;
  int error_ = 0;
};

/// Which of the turns a file's is; below turn_count.
[[nodiscard]] unsigned turn_of(const char* file) noexcept;

}  // namespace isthmus::detail
