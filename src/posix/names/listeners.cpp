// SPDX-License-Identifier: MIT
#include "posix/names/listeners.hpp"

#include "posix/names/anchor.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/refusal.hpp"
#include "posix/names/turn.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <limits>

namespace isthmus::detail {
namespace {

// O_NONBLOCK: a FIFO that somebody put here must not stop us.
constexpr int file_flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

descriptor open_anchor_file(int folder, const char* entry, int mode) noexcept {
  return descriptor(retry([&] { return ::openat(folder, entry, mode | file_flags); }));
}

bool is_dead(int folder, const char* entry) noexcept {
  const descriptor anchor = open_anchor_file(folder, entry, O_RDONLY);
  return anchor && ask(anchor.get()) == life::dead;
}

}  // namespace

std::string listener_folder(const directory& dir) {
  return fmt::format("{}/{}", dir.path, listener_folder_name);
}

descriptor open_listener_folder(const directory& dir) noexcept {
  return descriptor(::openat(dir.fd.get(), listener_folder_name,
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

std::array<char, 24> socket_entry(std::uint64_t number) noexcept {
  std::array<char, 24> text{};
  fmt::format_to_n(text.data(), text.size() - 1, "s{:016x}", number);
  return text;
}

void not_a_listener(const listener_place& place, failure& why) {
  why.set(errc::untrusted, fmt::format("{}/{} is not a listener's; remove it",
                                       listener_folder(place.dir), place.entry));
}

descriptor open_listener(const listener_place& place, int mode, struct stat& info, failure& why) {
  descriptor anchor = open_anchor_file(place.folder, place.entry, mode);
  const int error = anchor ? 0 : errno;
  if (anchor && ::fstat(anchor.get(), &info) == 0 && S_ISREG(info.st_mode)) return anchor;
  if (anchor || error == ELOOP || error == ENXIO || error == EISDIR || error == ENODEV) {
    not_a_listener(place, why);
  } else if (error != ENOENT) {
    refused(error, place.dir.base, place.dir.fd.get(), why);
  }
  return {};
}

bool read_listener(int anchor, listener_header& header) noexcept {
  const auto got = retry([&] { return ::pread(anchor, &header, sizeof header, 0); });
  return got == static_cast<ssize_t>(sizeof header) && header.magic == listener_magic &&
         header.name_length <= max_name_length;
}

bool remove_claimed_listener(int folder, const char* entry, int anchor) noexcept {
  struct stat info {};
  struct stat there {};  // by its name, not its links: somebody may have made further ones
  if (::fstat(anchor, &info) != 0 || !S_ISREG(info.st_mode) ||
      ::fstatat(folder, entry, &there, AT_SYMLINK_NOFOLLOW) != 0 || there.st_ino != info.st_ino ||
      there.st_dev != info.st_dev)
    return false;
  listener_header header{};
  if (read_listener(anchor, header) && header.version == layout_version)
    ::unlinkat(folder, socket_entry(header.socket).data(), 0);
  seam::at(seam::step::listen_socket_removed);
  return ::unlinkat(folder, entry, 0) == 0;
}

bool remove_dead_listener(int folder, const char* entry) noexcept {
  const descriptor anchor = open_anchor_file(folder, entry, O_RDWR);
  return anchor && ask(anchor.get()) == life::dead && claim_removal(anchor.get()) == 0 &&
         remove_claimed_listener(folder, entry, anchor.get());
}

namespace {

/// Removes what dead listeners have left, looking at up to `most` names: 0 or an error number.
int sweep_folder(const directory& dir, int folder, int most, cleaning how,
                 clean_result& result) noexcept {
  return for_each_entry(folder, most, [&](const char* entry) {
    const std::string_view name = entry;
    if (!is_object_file(name, scope::session) && !name.starts_with(".t")) return;
    const turn ours(dir, entry, patience::none);
    if (ours.error() != 0) return;
    if (!(how == cleaning::remove ? remove_dead_listener(folder, entry) : is_dead(folder, entry)))
      return;
    ++result.objects;
    result.bytes += page_size();
  });
}

}  // namespace

void sweep_some_listeners(const directory& dir, int folder) noexcept {
  static std::atomic<bool> done = false;
  clean_result ignored;
  if (!done.exchange(true, std::memory_order_relaxed))
    (void)sweep_folder(dir, folder, 16, cleaning::remove, ignored);
}

int sweep_listeners(const directory& dir, cleaning how, clean_result& result) noexcept {
  int error = 0;
  {
    const descriptor folder = open_listener_folder(dir);
    if (!folder) return errno == ENOENT ? 0 : errno;
    error = sweep_folder(dir, folder.get(), std::numeric_limits<int>::max(), how, result);
  }
  if (how == cleaning::remove)
    ::unlinkat(dir.fd.get(), listener_folder_name, AT_REMOVEDIR);  // succeeds when nobody listens
  return error;
}

}  // namespace isthmus::detail
