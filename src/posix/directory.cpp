// SPDX-License-Identifier: MIT
#include "directory.hpp"

#include "lifetime.hpp"
#include "posix_failure.hpp"
#include "runtime.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace isthmus::detail {
namespace {

constexpr int most_squatters = 64;
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

constexpr const char* what_is_needed =
    "it needs a directory in memory that all users may write in, or set ISTHMUS_RUNTIME_DIR";

enum class directory_state { ours, free, foreign, wrong_mode, error };

/// What there is at a candidate's path.
directory_state look_at(const char* path, descriptor& fd) {
  fd = descriptor(::open(path, directory_flags));
  if (!fd) {
    if (errno == ENOENT) return directory_state::free;
    return errno == ELOOP || errno == ENOTDIR || errno == EACCES ? directory_state::foreign
                                                                 : directory_state::error;
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return directory_state::error;
  if (info.st_uid != ::geteuid()) return directory_state::foreign;
  return (info.st_mode & 077) == 0 ? directory_state::ours : directory_state::wrong_mode;
}

std::string candidate(const std::string& base, int n) {
  return fmt::format("{}/{}{}.{}", base, directory_prefix, ::geteuid(), n);
}

/// The lowest one that is ours, or else the lowest that is free, in `free`.
std::shared_ptr<directory> find_ours(const std::string& base, std::string& free, failure& why) {
  free.clear();
  for (int n = 0; n < most_squatters; ++n) {
    auto dir = std::make_shared<directory>();
    dir->path = candidate(base, n);
    dir->base = base;
    dir->user = ::geteuid();
    switch (look_at(dir->path.c_str(), dir->fd)) {
      case directory_state::ours:
        return dir;
      case directory_state::free:
        if (free.empty()) free = dir->path;
        break;
      case directory_state::foreign:
        break;
      case directory_state::wrong_mode:
        why.set(errc::untrusted,
                fmt::format("{} is open to other users, who may have planted something in it; "
                            "look into it, then remove it or chmod it to 0700",
                            dir->path));
        return nullptr;
      case directory_state::error:
        fail_with(errno, why);
        return nullptr;
    }
  }
  if (free.empty())
    why.set(errc::untrusted, fmt::format("other users hold all of {} to .{}", candidate(base, 0),
                                         most_squatters - 1));
  return nullptr;
}

std::shared_ptr<directory> open_session(failure& why) {
  const std::string base = runtime_path();
  std::string free;
  // Whoever loses a race for making one looks again; so does the winner, lest two be used.
  for (int attempt = 0; attempt < most_squatters; ++attempt) {
    auto dir = find_ours(base, free, why);
    if (dir || why) return dir;
    if (::mkdir(free.c_str(), 0700) == 0) {
      // The umask may have taken away our own rights. Not following, should somebody have put a
      // link there.
      ::fchmodat(AT_FDCWD, free.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
    } else if (errno != EEXIST) {
      why.set_native(errno, fmt::format("cannot make {} ({}); {}", free,
                                        std::system_category().message(errno), what_is_needed));
      return nullptr;
    }
  }
  why.set(errc::busy, fmt::format("somebody keeps taking {} away", free));
  return nullptr;
}

/// Why nothing that others make in a directory can be relied on; nullptr where it can.
const char* untrusted_base(const struct stat& info) noexcept {
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) return "belongs to neither root nor you";
  const bool sticky = (info.st_mode & S_ISVTX) != 0;
  if ((info.st_mode & S_IWOTH) != 0 && !sticky) return "lets all users remove each other's files";
  return nullptr;
}

std::shared_ptr<directory> open_global(failure& why) {
  auto dir = std::make_shared<directory>();
  dir->where = scope::global;
  dir->path = dir->base = runtime_path();
  dir->user = ::geteuid();
  dir->fd = descriptor(::open(dir->path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info {};
  if (!dir->fd || ::fstat(dir->fd.get(), &info) != 0) {
    why.set_native(errno, fmt::format("cannot use {} ({}); {}", dir->path,
                                      std::system_category().message(errno), what_is_needed));
    return nullptr;
  }
  const char* const problem = untrusted_base(info);
  if (problem == nullptr) return dir;
  why.set(errc::untrusted,
          fmt::format("{} {} (owner {}, mode {:04o}); global names need a directory of root's that "
                      "is sticky, or that only a group may write in",
                      dir->path, problem, info.st_uid, info.st_mode & 07777));
  return nullptr;
}

std::mutex remembered_lock;
std::atomic<bool> lost = false;

std::shared_ptr<const directory>& remembered(scope where) {
  static auto* const session = new std::shared_ptr<const directory>;  // outlive exit handlers
  static auto* const global = new std::shared_ptr<const directory>;
  return where == scope::global ? *global : *session;
}

}  // namespace

std::shared_ptr<const directory> directory_of(scope where, failure& why) {
  if (where == scope::global && !global_names) {
    why.set(
        errc::not_supported,
        "scope::global is not supported on this system: who removes another user's object could "
        "not remove its memory");
    return nullptr;
  }
  const std::scoped_lock guard{remembered_lock};
  auto& known = remembered(where);
  if (!known) known = where == scope::global ? open_global(why) : open_session(why);
  return known;
}

bool forget_stale_directory(const std::shared_ptr<const directory>& dir) {
  struct stat info {};
  const bool sound = ::fstat(dir->fd.get(), &info) == 0 && info.st_nlink > 0 &&
                     (dir->where == scope::global ? dir->user : info.st_uid) == ::geteuid();
  if (sound) return false;
  lost.store(true, std::memory_order_relaxed);
  const std::scoped_lock guard{remembered_lock};
  if (remembered(dir->where) == dir) remembered(dir->where) = nullptr;
  return true;
}

bool directory_was_lost() noexcept { return lost.load(std::memory_order_relaxed); }

descriptor records_of(const directory& dir, failure& why) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    descriptor fd(::openat(dir.fd.get(), "p", directory_flags));
    if (fd) return fd;
    if (errno != ENOENT || (::mkdirat(dir.fd.get(), "p", 0700) != 0 && errno != EEXIST)) break;
  }
  if (errno == ENOTDIR || errno == ELOOP) {
    why.set(errc::untrusted, fmt::format("{}/p is not a directory; remove it", dir.path));
  } else {
    fail_with(errno, why);
  }
  return {};
}

namespace {

/// Two independent 64-bit hashes (FNV-1a with a final mix); names are compared in full anyway.
std::uint64_t hash(std::string_view text, std::uint64_t seed) noexcept {
  std::uint64_t value = 0xCBF29CE484222325u ^ seed;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93u;
  return value ^ value >> 32;
}

bool harmless(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

constexpr std::size_t longest_plain = 100;

/// Of a global name: what its directory is called.
constexpr std::string_view global_prefix = "isthmus.";
constexpr std::size_t hash_length = 32;

}  // namespace

file_name::file_name(std::string_view name, scope where) noexcept {
  if (where == scope::global) {
    std::copy(global_prefix.begin(), global_prefix.end(), text_.begin());
    length_ = global_prefix.size();
  } else if (name.size() <= longest_plain && std::all_of(name.begin(), name.end(), harmless)) {
    text_[0] = '=';
    std::copy(name.begin(), name.end(), text_.begin() + 1);
    length_ = name.size() + 1;
    return;
  } else {
    text_[length_++] = '+';
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint64_t part : {hash(name, 0), hash(name, 0x9E3779B97F4A7C15u)})
    for (int shift = 60; shift >= 0; shift -= 4) text_[length_++] = digits[part >> shift & 15];
}

bool is_object_file(std::string_view entry, scope where) noexcept {
  if (where != scope::global)
    return !entry.empty() && (entry.front() == '=' || entry.front() == '+');
  return entry.size() == global_prefix.size() + hash_length && entry.starts_with(global_prefix) &&
         entry.find_first_not_of("0123456789abcdef", global_prefix.size()) == entry.npos;
}

}  // namespace isthmus::detail
