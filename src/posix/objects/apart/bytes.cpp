// SPDX-License-Identifier: MIT
#include "posix/objects/bytes.hpp"

#include "posix/names/anchor.hpp"
#include "posix/names/bytes_apart.hpp"
#include "posix/objects/fill.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <string_view>

namespace isthmus::detail {

using seam::step;

bool fill_named(int anchor, const blueprint& plan, std::string_view name, std::string_view where,
                descriptor& bytes, failure& why) {
  const bool apart = plan.facts.kind == kind::section && (plan.facts.flags & anchor_file) == 0;
  if (!apart) return fill(anchor, plan, name, where, why);
  object_facts facts = plan.facts;
  facts.flags |= anchor_apart;
  if (!check_size_limit(page_size(), why) || !fill_header(anchor, facts, name, where, why))
    return false;
  seam::at(step::create_bytes_named);
  bytes = open_bytes_apart(facts.identity, O_RDWR | O_CREAT | O_EXCL);
  if (!bytes) {
    fail_with(errno, why);
    return false;
  }
  seam::at(step::create_bytes_made);
  return fill(bytes.get(), plan, name, "shared memory", why);
}

bytes_state open_bytes(body& object, failure& why) {
  if ((object.facts.flags & anchor_apart) == 0) return bytes_state::here;
  object.bytes = open_bytes_apart(object.facts.identity, object.read_only ? O_RDONLY : O_RDWR);
  if (!object.bytes) {
    if (errno == ENOENT) return bytes_state::gone;
    fail_with(errno, why);
    return bytes_state::failed;
  }
  if (are_bytes_of(object.bytes.get(), object.facts)) return bytes_state::here;
  why.set(errc::damaged, "the object's memory is not what its creator has made");
  return bytes_state::failed;
}

bool are_bytes_of(int fd, const object_facts& facts) noexcept {
  // They end in a header of their own, as everything of ours does in memory.
  struct stat info {};
  anchor_header header{};
  failure none;
  try {
    return ::fstat(fd, &info) == 0 && read_header(fd, info, header, none) &&
           header.kind == kind::section && header.identity == facts.identity &&
           header.before == facts.size && header.flags == (facts.flags & ~anchor_apart);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace isthmus::detail
