// SPDX-License-Identifier: MIT
#include "posix/names/directory.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/names/refusal.hpp"
#include "posix/names/session_directory.hpp"
#include "posix/system/runtime.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace isthmus::detail {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Why nothing that others make in a directory can be relied on; nullptr where it can.
const char* untrusted_base(const struct stat& info) noexcept {
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) return "belongs to neither root nor you";
  const bool sticky = (info.st_mode & S_ISVTX) != 0;
  if ((info.st_mode & S_IWOTH) != 0 && !sticky) return "lets all users remove each other's files";
  return nullptr;
}

std::shared_ptr<directory> open_global(const std::string& base, failure& why) {
  auto dir = std::make_shared<directory>();
  dir->where = scope::global;
  dir->path = dir->base = base;
  dir->user = ::geteuid();
  dir->fd = descriptor(::open(dir->path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info {};
  if (!dir->fd || ::fstat(dir->fd.get(), &info) != 0) {
    refused(errno, base, -1, why);
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

/// A relative path would be another place after each chdir, and in each process.
bool check_base(const std::string& base, failure& why) {
  if (base.starts_with('/')) return true;
  why.set(errc::invalid_argument,
          fmt::format("ISTHMUS_RUNTIME_DIR is \"{}\", which means another place in each working "
                      "directory; give it an absolute path",
                      base));
  return false;
}

std::shared_ptr<const directory> open_directory(scope where, failure& why) {
  const std::string base = runtime_path();
  if (!check_base(base, why)) return nullptr;
  return where == scope::global ? std::shared_ptr<const directory>(open_global(base, why))
                                : open_session(base, why);
}

std::mutex remembered_lock;

/// One for each user that this process has been, the latest first.
using directories = std::vector<std::shared_ptr<const directory>>;

directories& remembered(scope where) {
  static auto* const session = new directories;  // outlive exit handlers
  static auto* const global = new directories;
  return where == scope::global ? *global : *session;
}

/// A server may act for many users. Of those whose objects it has closed a few are kept.
constexpr std::size_t most_users_remembered = 4;

void remember(directories& all, const std::shared_ptr<const directory>& latest) {
  all.insert(all.begin(), latest);
  for (std::size_t i = all.size(); i > most_users_remembered; --i)
    if (all[i - 1].use_count() == 1) all.erase(all.begin() + static_cast<std::ptrdiff_t>(i - 1));
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
  // A process may become another user at any time, for good or for one request.
  const std::uint32_t user = ::geteuid();
  const std::scoped_lock guard{remembered_lock};
  directories& all = remembered(where);
  for (const auto& known : all)
    if (known->user == user) return known;
  auto opened = open_directory(where, why);
  if (opened) remember(all, opened);
  return opened;
}

std::shared_ptr<const directory> session_of(std::uint32_t user, failure& why) {
  if (user == ::geteuid()) return directory_of(scope::session, why);
  const std::scoped_lock guard{remembered_lock};
  for (const auto& known : remembered(scope::session))
    if (known->user == user) return known;
  return nullptr;
}

bool forget_stale_directory(const std::shared_ptr<const directory>& dir) {
  if (dir->user != ::geteuid()) return true;  // it is as good as ever, and not ours any more
  struct stat info {};
  if (::fstat(dir->fd.get(), &info) == 0 && info.st_nlink > 0) return false;
  const std::scoped_lock guard{remembered_lock};
  std::erase(remembered(dir->where), dir);
  return true;
}

std::shared_ptr<const directory> current_directory(scope where, failure& why) {
  auto dir = directory_of(where, why);
  if (dir && forget_stale_directory(dir)) dir = directory_of(where, why);
  return dir;
}

descriptor records_of(const directory& dir, failure& why) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    descriptor fd(::openat(dir.fd.get(), "p", directory_flags));
    if (fd) return fd;
    if (errno != ENOENT || (::mkdirat(dir.fd.get(), "p", 0700) != 0 && errno != EEXIST)) break;
  }
  if (errno == ENOTDIR || errno == ELOOP) {
    why.set(errc::untrusted, fmt::format("{}/p is not a directory; remove it", dir.path));
  } else {
    refused(errno, dir.path, dir.fd.get(), why);
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
