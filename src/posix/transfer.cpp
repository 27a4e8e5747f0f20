// SPDX-License-Identifier: MIT
//
// A named object travels as a description of its own, held like an anchor, so it lives while it is
// on its way, whatever becomes of the sender; whoever unpacks it is that description's one owner.
// Unnamed memory has no lock, so any descriptor of it does.
#include "transfer.hpp"

#include "posix/names/anchor.hpp"
#include "posix/names/place.hpp"
#include "posix/names/turn.hpp"
#include "posix/objects/arrival.hpp"
#include "posix/objects/body.hpp"
#include "posix/objects/bytes.hpp"
#include "posix/objects/table.hpp"
#include "posix/owners/users.hpp"
#include "posix/section_state.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/waits/open_dispatcher.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <memory>

namespace isthmus::detail {
namespace {

bool same_file(int a, int b) noexcept {
  struct stat one {};
  struct stat other {};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
         one.st_dev == other.st_dev;
}

descriptor copy_of(int fd, failure& why) {
  descriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) fail_with(errno, why);
  return copy;
}

found open_in_turn(const body& object, descriptor& fd, failure& why) {
  const turn ours(*object.dir, object.entry.text());
  if (ours.error() == ENOENT) return found::absent;
  if (ours.error() != 0) {
    no_turn(*object.dir, ours.error(), why);
    return found::failed;
  }
  struct stat info {};
  const int mode = object.read_only ? O_RDONLY : O_RDWR;
  return open_anchor(*object.dir, object.entry.text(), mode, fd, info, why);
}

constexpr const char* without_write = "give a section without a name away without `write`";

/// A descriptor of the object's anchor or memory that is nobody else's.
descriptor fresh(const body& object, bool read_only, failure& why) {
  if (!object.dir && read_only && !object.read_only) {
    // A descriptor that can write must not travel as one that cannot.
    descriptor narrowed = open_again(object.fd.get(), O_RDONLY);
    if (!narrowed) explain_open_again(errno, without_write, why);
    return narrowed;
  }
  if (!object.dir) return copy_of(object.fd.get(), why);
  descriptor fd;
  const found state = open_in_turn(object, fd, why);
  if (state == found::held && same_file(fd.get(), object.fd.get())) return fd;
  if (state != found::failed)
    why.set(errc::damaged, "somebody has removed the object's name by force");
  if (state == found::held) (void)leave_anchor(*object.dir, object.entry.text(), std::move(fd), {});
  return {};
}

/// An unnamed section of a file is its file alone; a handle without the right to write sends a
/// descriptor that cannot.
descriptor fresh_file(int fd, bool read_only, failure& why) {
  if (!read_only || (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) return copy_of(fd, why);
  descriptor narrowed = open_again(fd, O_RDONLY);
  if (!narrowed) explain_open_again(errno, without_write, why);
  return narrowed;
}

bool pack_body(const body& object, bool read_only, parcel& made, failure& why) {
  made.identity = object.facts.identity;
  made.pages = object.facts.access;
  std::size_t next = 0;
  const auto add = [&](descriptor fd) {
    if (fd) made.carriers[next++] = carrier(fd.release());
    return !why;
  };
  const bool is_file = (object.facts.flags & anchor_file) != 0;
  if (is_file && !object.file) return add(fresh_file(object.fd.get(), read_only, why));
  return add(fresh(object, read_only, why)) &&
         (!is_file || add(fresh_file(object.file.get(), read_only, why))) &&
         (!object.bytes || add(copy_of(object.bytes.get(), why)));
}

/// Makes the body of what has arrived, or gives it up for the same that this process has already.
std::shared_ptr<body> settle(arrival got, parcel& what, failure& why) {
  auto made = std::make_shared<body>();
  made->name = what.name;
  made->entry = file_name(what.name, what.where);
  made->fd = std::move(got.fd);
  made->facts = facts_of(got.header);
  made->facts.creator_user = got.owner;  // which the header could lie about
  made->read_only = got.read_only;
  made->generation = fork_generation();
  if (got.home) {
    made->dir = std::move(got.home);
    auto known = table_find(*made->dir, made->entry.view(), made->read_only);
    if (known && known->facts.identity == made->facts.identity) return known;
  }
  if ((made->facts.flags & anchor_file) != 0) {
    if (!receive_file(what.carriers[1], made->facts, !includes(what.access, access::write),
                      made->file, why))
      return nullptr;
  }
  if ((made->facts.flags & anchor_apart) != 0 &&
      !receive_bytes(what.carriers[1], made->facts, made->read_only, made->bytes, why))
    return nullptr;
  if (!map_page(*made, made->fd.get(), why)) return nullptr;
  if (made->dir) table_add(*made);
  return made;
}

}  // namespace

void close_carrier(native_handle_type handle) noexcept { ::close(handle); }

bool pack_section(const section_state& from, access rights, parcel& made, failure& why) {
  const no_cancel whole;
  const hold_off_fork gate;
  const std::unique_ptr<section_state, close_section> handle(duplicate_section(from, rights, why));
  return handle != nullptr && pack_body(*static_cast<const posix_section&>(*handle).object,
                                        !includes(rights, access::write), made, why);
}

bool pack_dispatcher(const dispatcher& from, access rights, parcel& made, failure& why) {
  const no_cancel whole;
  const hold_off_fork gate;
  static_cast<void>(rights);  // the parcel has them; to wait takes a descriptor that can write
  return pack_body(*static_cast<const posix_dispatcher&>(from).object, false, made, why);
}

section_state* unpack_section(parcel& what, failure& why) {
  const no_cancel whole;
  const hold_off_fork gate;
  std::shared_ptr<body> object;
  arrival got;
  if (what.file && what.name.empty()) {
    object = receive_plain_file(what, why);
  } else if (receive_anchor(kind::section, what, got, why)) {
    object = settle(std::move(got), what, why);
  }
  return object ? handle_to_section(std::move(object), what.access, why) : nullptr;
}

dispatcher* unpack_dispatcher(kind of, parcel& what, failure& why) {
  const no_cancel whole;
  if (what.where == scope::global && !share_own_records(why)) return nullptr;
  const hold_off_fork gate;
  arrival got;
  if (!receive_anchor(of, what, got, why)) return nullptr;
  if (got.read_only) {
    does_not_fit(why);
    return nullptr;
  }
  auto object = settle(std::move(got), what, why);
  return object ? handle_to_dispatcher(std::move(object), what.access, false, why) : nullptr;
}

}  // namespace isthmus::detail
