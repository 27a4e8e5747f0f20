// SPDX-License-Identifier: MIT
#include "posix/names/sweep.hpp"

#include "posix/names/anchor.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/listeners.hpp"
#include "posix/names/place.hpp"
#include "posix/system/listing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <limits>
#include <optional>
#include <string_view>

namespace isthmus::detail {
namespace {

/// What has become of an entry of the scope's directory.
struct entry_fate {
  bool held = false;                   ///< an object that is in use, or that we cannot look at
  std::optional<std::uint64_t> bytes;  ///< of a dead one, which has been removed
};

/// A file of this user's in scope::global that has not got its name; as an object it would have a
/// folder. What it takes up, if it is dead.
std::optional<std::uint64_t> remove_dead_temporary(const directory& dir, const char* name,
                                                   cleaning what) noexcept {
  struct stat info {};
  constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const descriptor fd(::openat(dir.fd.get(), name, flags));
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1 ||
      info.st_uid != ::geteuid() || ask(fd.get()) != life::dead || claim_removal(fd.get()) != 0)
    return std::nullopt;
  if (what == cleaning::remove && ::unlinkat(dir.fd.get(), name, 0) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_blocks) * 512;
}

entry_fate sweep_entry(const directory& dir, const char* name, cleaning what, patience& how,
                       int& error) noexcept {
  entry_fate fate;
  const std::string_view entry = name;
  const bool global = dir.where == scope::global;
  const bool of_object = is_object_file(entry, dir.where);
  if (global && is_new(entry)) fate.bytes = remove_dead_temporary(dir, name, what);
  if (of_object || (!global && entry.starts_with(".t")))
    fate.bytes = remove_if_dead(dir, name, what, how, error);
  fate.held = of_object && !fate.bytes;
  if (global && what == cleaning::remove && (fate.held || (is_new(entry) && !fate.bytes)) &&
      remove_folder(dir, name))
    fate.held = false;
  return fate;
}

}  // namespace

clean_result sweep_entries(const directory& dir, int most, cleaning what, bool& held,
                           int& error) noexcept {
  clean_result result;
  patience how = most == everything ? patience::some : patience::none;
  const int listed = for_each_entry(dir.fd.get(), most, [&](const char* name) {
    const entry_fate fate = sweep_entry(dir, name, what, how, error);
    held = held || fate.held;
    if (!fate.bytes) return;
    ++result.objects;
    result.bytes += *fate.bytes;
  });
  if (error == 0) error = listed;
  return result;
}

void sweep_some_once(const directory& dir) noexcept {
  static std::array<std::atomic<bool>, 2> done{};
  if (done[dir.where == scope::global ? 1 : 0].exchange(true, std::memory_order_relaxed)) return;
  bool ignored = false;
  int error = 0;
  sweep_entries(dir, 16, cleaning::remove, ignored, error);
}

}  // namespace isthmus::detail
