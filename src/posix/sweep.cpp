// SPDX-License-Identifier: MIT
#include "sweep.hpp"

#include "anchor.hpp"
#include "place.hpp"
#include "record.hpp"
#include "users.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <string_view>

namespace isthmus::detail {
namespace {

constexpr int everything = std::numeric_limits<int>::max();
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

struct close_listing {
  void operator()(DIR* listing) const noexcept { ::closedir(listing); }
};

/// Calls `visit(name)` for up to `most` entries; true goes on.
template <class Visit>
void for_each_entry(int directory, int most, Visit visit) {
  // Opened anew: a listing moves the position of the description that it reads from.
  const int fd = ::openat(directory, ".", directory_flags);
  const std::unique_ptr<DIR, close_listing> listing(fd >= 0 ? ::fdopendir(fd) : nullptr);
  if (!listing) {
    if (fd >= 0) ::close(fd);
    return;
  }
  while (most-- > 0) {
    const dirent* const entry = ::readdir(listing.get());
    if (entry == nullptr) return;
    visit(static_cast<const char*>(entry->d_name));
  }
}

/// One entry of the scope's directory: the bytes of a dead object that were removed, or 0.
std::uint64_t sweep_entry(const directory& dir, const char* name, patience& how) noexcept {
  const std::string_view entry = name;
  const bool of_object = is_object_file(entry, dir.where);
  if (dir.where == scope::session)
    return of_object || entry.starts_with(".t") ? remove_if_dead(dir, name, how) : 0;
  const std::uint64_t bytes = of_object ? remove_if_dead(dir, name, how) : 0;
  if (of_object ? bytes == 0 : is_new_folder(entry)) remove_folder(dir, name);  // if it is empty
  return bytes;
}

/// `held`: some are in use.
clean_result sweep_entries(const directory& dir, int most, bool& held) noexcept {
  clean_result result;
  patience how = most == everything ? patience::some : patience::none;
  for_each_entry(dir.fd.get(), most, [&](const char* name) {
    const std::uint64_t bytes = sweep_entry(dir, name, how);
    held = held || (bytes == 0 && is_object_file(name, dir.where));
    if (bytes == 0) return;
    ++result.objects;
    result.bytes += bytes;
  });
  return result;
}

/// Adds what became of a record. `seen` collects whether some are alive or kept.
void count(const record_fate& fate, record_fate& seen, clean_result& result) noexcept {
  seen.alive = seen.alive || fate.alive;
  seen.kept = seen.kept || fate.kept;
  if (fate.bytes == 0) return;
  ++result.records;
  result.bytes += fate.bytes;
}

/// A journal that a dead process has left open tells what to do with objects that it had reserved.
/// It is of use only as long as anybody lives who might come by them: who has a record, or, as one
/// gets that late or never, holds any object.
void sweep_session_records(const directory& dir, int most, bool held,
                           clean_result& result) noexcept {
  const descriptor records(::openat(dir.fd.get(), "p", directory_flags | O_NOFOLLOW));
  if (!records) return;
  record_fate seen;
  seen.alive = held;
  const auto remove_dead = [&](bool even_open) {
    for_each_entry(records.get(), most, [&](const char* name) {
      count(remove_dead_record(records.get(), name, even_open), seen, result);
    });
  };
  remove_dead(false);
  if (seen.kept && !seen.alive && most == everything) remove_dead(true);
}

/// Of shared ones nobody knows who might need an open journal, so it is kept.
void sweep_shared_records(const directory& dir, int most, clean_result& result) noexcept {
  record_fate ignored;
  for_each_entry(dir.fd.get(), most, [&](const char* name) {
    std::uint32_t user = 0;
    std::uint32_t nonce = 0;
    if (parse_shared_record(name, user, nonce) && (user == dir.user || dir.user == 0))
      count(remove_dead_record(dir.fd.get(), name, false), ignored, result);
  });
}

void sweep_records(const directory& dir, int most, bool held, clean_result& result) noexcept {
  if (dir.where == scope::global) return sweep_shared_records(dir, most, result);
  sweep_session_records(dir, most, held, result);
}

}  // namespace

clean_result sweep(const directory& dir) noexcept {
  bool held = false;
  clean_result result = sweep_entries(dir, everything, held);
  sweep_records(dir, everything, held, result);
  if (dir.where == scope::session)
    ::unlinkat(dir.fd.get(), "p", AT_REMOVEDIR);  // succeeds when no process has a record
  return result;
}

void sweep_some_once(const directory& dir) noexcept {
  static std::array<std::atomic<bool>, 2> done{};
  if (done[dir.where == scope::global ? 1 : 0].exchange(true, std::memory_order_relaxed)) return;
  bool ignored = false;
  sweep_entries(dir, 16, ignored);
}

void sweep_some_records(const directory& dir) noexcept {
  clean_result ignored;
  sweep_records(dir, 64, true, ignored);
}

}  // namespace isthmus::detail
