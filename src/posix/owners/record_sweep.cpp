// SPDX-License-Identifier: MIT
#include "posix/owners/record_sweep.hpp"

#include "posix/owners/record.hpp"
#include "posix/owners/users.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/random.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace isthmus::detail {

int sweep_records(const directory& dir, int most, bool held, cleaning what,
                  clean_result& result) noexcept {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  const bool global = dir.where == scope::global;
  const descriptor records(::openat(dir.fd.get(), global ? "." : "p", flags));
  if (!records) return errno == ENOENT ? 0 : errno;
  bool alive = held;
  bool kept = false;
  int error = 0;
  const auto remove_dead = [&](bool even_open) {
    const auto look = [&](const char* name) {
      if (global && !is_shared_record_of(name, dir.user)) return;
      const record_fate fate = remove_dead_record(records.get(), name, what, even_open);
      alive = alive || fate.alive;
      kept = kept || fate.kept;
      if (fate.bytes == 0) return;
      ++result.records;
      result.bytes += fate.bytes;
    };
    const int listed = most == everything
                           ? for_each_entry(records.get(), most, look)
                           : for_each_of_some(records.get(), most, random_number(), look);
    if (error == 0) error = listed;
  };
  remove_dead(false);
  if (kept && !alive && most == everything) remove_dead(true);
  return error;
}

namespace {

void sweep_records_of(const directory& dir, int most) noexcept {
  clean_result ignored;
  (void)sweep_records(dir, most, true, cleaning::remove, ignored);
}

}  // namespace

void sweep_some_records(const directory& dir) noexcept { sweep_records_of(dir, 64); }
void sweep_all_records(const directory& dir) noexcept { sweep_records_of(dir, everything); }

}  // namespace isthmus::detail
