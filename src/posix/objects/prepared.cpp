// SPDX-License-Identifier: MIT
#include "posix/objects/prepared.hpp"

#include "posix/names/bytes_apart.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/place.hpp"
#include "posix/names/refusal.hpp"
#include "posix/objects/bytes.hpp"
#include "posix/objects/sweep.hpp"
#include "posix/system/seam.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace isthmus::detail {

using seam::step;

void give_up(prepared_object& prepared) noexcept {
  if (prepared.file.fd) remove_bytes(prepared.file.fd.get());
  discard(prepared.file);
  prepared = {};
}

bool prepare(prepared_object& prepared, const std::shared_ptr<const directory>& dir,
             const blueprint& plan, std::string_view name, failure& why) {
  for (int attempt = 0;; ++attempt) {
    why.clear();
    prepared.file = dir->where == scope::global ? make_unpublished(dir->fd.get(), new_stem().data())
                                                : make_unpublished(dir->fd.get());
    if (!prepared.file.fd) {
      refused(errno, dir->base, dir->fd.get(), why);
    } else {
      seam::at(step::create_file_made);
      if (fill_named(prepared.file.fd.get(), plan, name, dir->base, prepared.bytes, why)) break;
      give_up(prepared);
    }
    // What crashed processes left may be in the way: once it is gone, there may be room.
    int ignored = 0;
    if (why.code != errc::no_space || attempt > 0 ||
        sweep(*dir, cleaning::remove, ignored).bytes == 0)
      return false;
  }
  seam::at(step::create_header_written);
  // Said explicitly, because the umask takes away what the mode in the call that made it gives.
  const int fd = prepared.file.fd.get();
  const int error =
      dir->where == scope::global && ::fchmod(fd, plan.file_mode) != 0 ? errno : hold(fd);
  if (error != 0) {
    refused(error, dir->base, dir->fd.get(), why);
    give_up(prepared);
    return false;
  }
  seam::at(step::create_locked);
  return true;
}

}  // namespace isthmus::detail
