// SPDX-License-Identifier: MIT
#include "posix/objects/arrival.hpp"

#include "posix/names/place.hpp"
#include "posix/objects/bytes.hpp"
#include "posix/system/memory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace isthmus::detail {
namespace {

/// The directory in which the name leads to what has arrived. Where it is in none of ours, the
/// object is as good; its name goes when the next one looks it up.
std::shared_ptr<const directory> home_of(const parcel& what, int fd) {
  if (what.name.empty()) return nullptr;
  failure none;
  auto dir = directory_of(what.where, none);
  return dir && is_named(*dir, file_name(what.name, what.where).text(), fd) ? dir : nullptr;
}

/// Whether those may have made it who can make such objects for us.
bool check_maker(kind of, const arrival& got, bool global, failure& why) {
  // Whoever sends may send what is another user's, if that may be had.
  if (global || of == kind::section || got.owner == ::geteuid()) return true;
  why.set(errc::not_supported,
          fmt::format("it belongs to user {}; what is waited for by several users must have a "
                      "global name",
                      got.owner));
  return false;
}

bool is_as_described(const anchor_header& header, kind of, const parcel& what) noexcept {
  const std::string_view name(header.name.data(), header.name_length);
  const bool global = (header.flags & anchor_global) != 0;
  if (global != (what.where == scope::global && !name.empty()) || name != what.name ||
      header.identity != what.identity)
    return false;
  return of != kind::section ||
         (header.size == what.size && header.access == static_cast<std::uint32_t>(what.pages) &&
          ((header.flags & anchor_file) != 0) == what.file);
}

}  // namespace

bool does_not_fit(failure& why) {
  why.set(errc::damaged, "what has arrived is not the object that it is said to be");
  return false;
}

bool receive_anchor(kind of, parcel& what, arrival& got, failure& why) {
  got.fd = descriptor(what.carriers[0].release());
  const int fd = got.fd.get();
  struct stat info {};
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY) return does_not_fit(why);
  got.home = home_of(what, fd);
  if (!got.home && !is_memory(fd)) {
    why.set(errc::damaged, "what has arrived is no shared memory");
    return false;
  }
  if (::fstat(fd, &info) != 0) return does_not_fit(why);
  got.owner = info.st_uid;
  got.read_only = (flags & O_ACCMODE) == O_RDONLY;
  if (!read_header(fd, info, got.header, why)) return false;
  const std::string_view name(got.header.name.data(), got.header.name_length);
  if (!check_maker(of, got, (got.header.flags & anchor_global) != 0, why)) return false;
  if (!is_as_described(got.header, of, what)) return does_not_fit(why);
  if (!check_header(got.header, what.name, of, why)) return false;
  if (!name.empty() || is_sealed(fd)) return true;
  not_sealed(why);
  return false;
}

bool receive_file(carrier& from, const object_facts& facts, bool read_only, descriptor& file,
                  failure& why) {
  file = descriptor(from.release());
  struct stat info {};
  const int flags = ::fcntl(file.get(), F_GETFL);
  const bool writes = (flags & O_ACCMODE) == O_RDWR;
  return (flags >= 0 && ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) &&
          static_cast<std::uint64_t>(info.st_dev) == facts.file_device &&
          info.st_ino == facts.file_inode &&
          static_cast<std::uint64_t>(info.st_size) >= facts.size &&
          (writes || (read_only && (flags & O_ACCMODE) == O_RDONLY))) ||
         does_not_fit(why);
}

bool receive_bytes(carrier& from, const object_facts& facts, bool read_only, descriptor& bytes,
                   failure& why) {
  bytes = descriptor(from.release());
  const int flags = ::fcntl(bytes.get(), F_GETFL);
  const int mode = flags & O_ACCMODE;
  return (flags >= 0 && (mode == O_RDWR || (mode == O_RDONLY && read_only)) &&
          are_bytes_of(bytes.get(), facts)) ||
         does_not_fit(why);
}

std::shared_ptr<body> receive_plain_file(parcel& what, failure& why) {
  auto made = std::make_shared<body>();
  made->fd = descriptor(what.carriers[0].release());
  struct stat info {};
  if (::fstat(made->fd.get(), &info) != 0) {
    does_not_fit(why);
    return nullptr;
  }
  made->facts.kind = kind::section;
  made->facts.flags = anchor_file;
  made->facts.access = what.pages;
  made->facts.size = what.size;
  made->facts.file_device = static_cast<std::uint64_t>(info.st_dev);
  made->facts.file_inode = info.st_ino;
  made->facts.creator_user = info.st_uid;
  const int mode = ::fcntl(made->fd.get(), F_GETFL) & O_ACCMODE;
  const bool fits = S_ISREG(info.st_mode) &&
                    static_cast<std::uint64_t>(info.st_size) >= what.size &&
                    (mode == O_RDWR || (mode == O_RDONLY && !includes(what.access, access::write)));
  if (fits) return made;
  does_not_fit(why);
  return nullptr;
}

}  // namespace isthmus::detail
