// SPDX-License-Identifier: MIT
#include "posix/objects/sweep.hpp"

#include "posix/names/listeners.hpp"
#include "posix/names/session_directory.hpp"
#include "posix/names/sweep.hpp"
#include "posix/owners/record_sweep.hpp"
#include "posix/system/listing.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace isthmus::detail {

clean_result sweep(const directory& dir, cleaning how, int& error) noexcept {
  const auto note_first = [&](int number) {
    if (error == 0) error = number;
  };
  bool held = false;
  error = 0;
  clean_result result = sweep_entries(dir, everything, how, held, error);
  note_first(sweep_records(dir, everything, held, how, result));
  if (dir.where != scope::session) return result;
  note_first(sweep_listeners(dir, how, result));
  if (how == cleaning::remove) {
    ::unlinkat(dir.fd.get(), "p", AT_REMOVEDIR);  // succeeds when no process has a record
    sweep_wishes(dir);
  }
  return result;
}

}  // namespace isthmus::detail
