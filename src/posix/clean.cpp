// SPDX-License-Identifier: MIT
#include "clean.hpp"

#include "posix/names/directory.hpp"
#include "posix/names/refusal.hpp"
#include "posix/objects/sweep.hpp"
#include "posix/system/fork.hpp"

namespace isthmus::detail {

clean_result clean_scope(scope where, cleaning how, failure& why) {
  const hold_off_fork gate;
  const auto dir = current_directory(where, why);
  if (!dir) return {};
  int error = 0;
  const clean_result result = sweep(*dir, how, error);
  if (error != 0) refused(error, dir->path, dir->fd.get(), why);
  return result;
}

}  // namespace isthmus::detail
