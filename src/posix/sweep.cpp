// SPDX-License-Identifier: MIT
#include "sweep.hpp"

#include "anchor.hpp"
#include "life_lock.hpp"
#include "listeners.hpp"
#include "listing.hpp"
#include "place.hpp"
#include "random.hpp"
#include "record.hpp"
#include "session_directory.hpp"
#include "users.hpp"

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

constexpr int part_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

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

/// What a sweep came to, and an error number where it could not see everything.
void note_first(int error, int& first) noexcept {
  if (first == 0) first = error;
}

/// `held`: some are in use.
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
  note_first(listed, error);
  return result;
}

/// A journal that a dead process has left open tells what to do with objects that it had reserved.
/// It is of use only as long as anybody lives who might come by them: who has a record, or, as one
/// gets that late or never, holds any object.
void sweep_records(const directory& dir, int most, bool held, cleaning what, clean_result& result,
                   int& error) noexcept {
  const bool global = dir.where == scope::global;
  const descriptor records(::openat(dir.fd.get(), global ? "." : "p", part_flags | O_NOFOLLOW));
  if (!records) return note_first(errno == ENOENT ? 0 : errno, error);
  bool alive = held;
  bool kept = false;
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
    note_first(most == everything ? for_each_entry(records.get(), most, look)
                                  : for_each_of_some(records.get(), most, random_number(), look),
               error);
  };
  remove_dead(false);
  if (kept && !alive && most == everything) remove_dead(true);
}

}  // namespace

clean_result sweep(const directory& dir, cleaning how, int& error) noexcept {
  bool held = false;
  error = 0;
  clean_result result = sweep_entries(dir, everything, how, held, error);
  sweep_records(dir, everything, held, how, result, error);
  if (dir.where == scope::session) {
    note_first(sweep_listeners(dir, how, result), error);
    if (how == cleaning::remove) {
      ::unlinkat(dir.fd.get(), "p", AT_REMOVEDIR);  // succeeds when no process has a record
      sweep_wishes(dir);
    }
  }
  return result;
}

void sweep_some_once(const directory& dir) noexcept {
  static std::array<std::atomic<bool>, 2> done{};
  if (done[dir.where == scope::global ? 1 : 0].exchange(true, std::memory_order_relaxed)) return;
  bool ignored = false;
  int error = 0;
  sweep_entries(dir, 16, cleaning::remove, ignored, error);
}

namespace {

void sweep_records_of(const directory& dir, int most) noexcept {
  clean_result ignored;
  int error = 0;
  sweep_records(dir, most, true, cleaning::remove, ignored, error);
}

}  // namespace

void sweep_some_records(const directory& dir) noexcept { sweep_records_of(dir, 64); }
void sweep_all_records(const directory& dir) noexcept { sweep_records_of(dir, everything); }

}  // namespace isthmus::detail
