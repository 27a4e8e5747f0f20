// SPDX-License-Identifier: MIT
//
// A look holds nothing. It opens the anchor for reading, asks the life lock without taking it
// (where that cannot be done, in a turn at the name, as a sweep does), and reads copies: a mapping
// of a file that somebody cuts short would be a fault. Nothing that stands in a file is believed
// unchecked.
#include "inspect.hpp"

#include "posix/names/anchor.hpp"
#include "posix/names/directory.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/lifetime.hpp"
#include "posix/names/place.hpp"
#include "posix/names/refusal.hpp"
#include "posix/names/turn.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/birth.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/holders.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/waits/state_report.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

/// A report, and what it takes to find who holds the object.
struct look {
  object_report report;
  held_anchor anchor;
  bool held = false;    ///< by somebody
  bool widely = false;  ///< by other users, too, perhaps
};

/// A copy of a dispatcher object's page.
struct page_copy {
  alignas(dispatcher_page_size) std::array<std::byte, dispatcher_page_size> bytes;
};

/// The state changes while it is read. What was read at first is whole if the word is the same
/// afterwards; else once more, and in the end as it is.
bool copy_page(int fd, std::uint64_t page, std::uint64_t word_place, page_copy& copy) noexcept {
  for (int tries = 0; tries < 8; ++tries) {
    if (read_memory(fd, copy.bytes.data(), copy.bytes.size(), page) !=
        static_cast<ssize_t>(copy.bytes.size()))
      return false;
    std::uint64_t word = 0;
    std::uint64_t first = 0;
    if (read_memory(fd, &word, sizeof word, page + word_place) != static_cast<ssize_t>(sizeof word))
      return false;
    std::copy_n(copy.bytes.data() + word_place, sizeof first,
                static_cast<std::byte*>(static_cast<void*>(&first)));
    if (word == first) break;
  }
  return true;
}

void damaged(object_report& into, const char* what) {
  into.problem = fmt::format(
      "not a sound object ({}); when nobody uses it, isthmus::clean() removes it", what);
}

/// The file of a file-backed section, as its anchor says.
std::string file_of(int fd, const anchor_header& header) {
  std::string path(header.path_length, '\0');  // less than a page
  if (read_memory(fd, path.data(), path.size(), 0) != static_cast<ssize_t>(path.size()))
    path.clear();
  return path;
}

void report_kind(int fd, const anchor_header& header, object_report& into) {
  into.kind = static_cast<object_kind>(header.kind);
  if (header.kind == kind::section) {
    const bool of_file = (header.flags & anchor_file) != 0;
    into.state = section_report{header.size, (header.flags & anchor_reserve) != 0, of_file,
                                of_file ? file_of(fd, header) : std::string()};
    return;
  }
  page_copy copy{};
  const std::size_t place = block_place(header.identity);
  if (!copy_page(fd, header.before, place + offsetof(dispatcher_block, state), copy))
    return damaged(into, "its page");
  auto& block = *static_cast<dispatcher_block*>(static_cast<void*>(copy.bytes.data() + place));
  report_state(header.kind, block, {fd, header.before, place}, into);
}

bool known_kind(kind value) noexcept { return value >= kind::section && value <= kind::timer; }

/// Reads an anchor that has its name. What is wrong with it is part of the report.
void read_object(const directory& dir, const char* entry, int fd, const struct stat& info,
                 object_report& into) {
  failure why;
  anchor_header header{};
  if (!check_owner(dir, entry, info, why) || !read_header(fd, info, header, why)) {
    into.problem = why.detail.empty() ? why.code.message() : why.detail;
    return;
  }
  const std::string_view name(header.name.data(), header.name_length);
  if (file_name(name, dir.where).view() != entry || name.empty())
    return damaged(into, "it has another name");
  if (!known_kind(header.kind)) return damaged(into, "its kind");
  into.name = name;
  if (!check_header(header, name, header.kind, why)) {
    into.problem = why.detail;
    return;
  }
  into.creator = creator_info{std::to_string(info.st_uid), header.creator_process};
  report_kind(fd, header, into);
}

enum class sighting { there, absent, busy };

/// Looks at an entry of the scope's directory; absent where no object has it (any more), busy where
/// somebody is just at work on the name.
sighting look_once(const directory& dir, const char* entry, patience how, look& seen) {
  const hold_off_fork gate;
  const turn ours(dir, entry, how);
  if (ours.error() == EAGAIN) return sighting::busy;
  if (ours.error() == ENOENT) return sighting::absent;
  if (ours.error() != 0) {
    failure why;
    no_turn(dir, ours.error(), why);
    seen.report.problem = why.detail.empty() ? why.code.message() : why.detail;
    return sighting::there;
  }
  const descriptor fd = open_file(dir, entry, O_RDONLY);
  if (!fd && errno == ENOENT) return sighting::absent;
  if (!fd) {
    failure why;
    explain(dir, entry, errno, why);
    seen.report.problem = why.detail.empty() ? why.code.message() : why.detail;
    return sighting::there;
  }
  const life state = ask(fd.get());
  const int unknown = errno;
  seam::at(seam::step::open_lock_asked);
  struct stat info {};
  if (!still_named(dir, entry, fd.get(), info)) return sighting::absent;
  if (state == life::being_removed) return sighting::busy;
  seen.anchor = {info.st_dev, info.st_ino};
  seen.held = state == life::held;
  seen.widely = (info.st_mode & 077) != 0;
  seen.report.leftover = state == life::dead;
  seen.report.permissions = fmt::format("{:04o}", info.st_mode & 07777);
  seen.report.made = birth_of(fd.get());
  read_object(dir, entry, fd.get(), info, seen.report);
  if (state == life::unknown && seen.report.problem.empty()) {
    failure why;
    refused(unknown, dir.base, dir.fd.get(), why);
    seen.report.problem = why.detail.empty() ? why.code.message() : why.detail;
  }
  return sighting::there;
}

/// The same with some patience for those who are at work; with all of it only once.
std::optional<look> look_at_entry(const directory& dir, const char* entry, patience& how) {
  for (back_off pause;; pause.once()) {
    look seen;
    seen.report.name = entry;
    seen.report.scope = dir.where;
    const sighting result = look_once(dir, entry, how, seen);
    if (result == sighting::absent) return std::nullopt;
    if (result == sighting::there) return seen;
    if (how == patience::some && !pause.too_long()) continue;
    how = patience::none;
    seen.report.problem = "another process has stopped while it worked on this name";
    return seen;
  }
}

/// Fills in who holds what was seen.
void add_holders(std::vector<look>& seen) {
  std::vector<held_anchor> anchors;
  anchors.reserve(seen.size());
  for (const look& each : seen) anchors.push_back(each.anchor);
  const sight how = anchors.empty() ? sight::none : find_holders(anchors);
  if (how == sight::none) return;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    look& each = seen[i];
    if (!each.held && !each.report.leftover) continue;  // not looked at
    each.report.holders = std::move(anchors[i].holders);
    each.report.more_holders =
        each.held && (each.report.holders->empty() || (each.widely && how != sight::all));
  }
}

place_report place_of_scope(scope where) {
  failure why;
  const auto dir = current_directory(where, why);
  if (dir) return {dir->path, {}};
  return {{}, why.detail.empty() ? why.code.message() : why.detail};
}

}  // namespace

std::vector<object_report> inspect_scope(scope where, failure& why) {
  const auto dir = current_directory(where, why);
  if (!dir) return {};
  std::vector<std::string> entries;  // first all names: the looks take longer than the listing
  const int error =
      for_each_entry(dir->fd.get(), std::numeric_limits<int>::max(), [&](const char* entry) {
        if (is_object_file(entry, where)) entries.emplace_back(entry);
      });
  if (error != 0) {
    refused(error, dir->path, dir->fd.get(), why);
    return {};
  }
  std::vector<look> seen;
  patience how = patience::some;
  for (const std::string& entry : entries)
    if (auto each = look_at_entry(*dir, entry.c_str(), how)) seen.push_back(*std::move(each));
  add_holders(seen);
  std::vector<object_report> reports;
  reports.reserve(seen.size());
  for (look& each : seen) reports.push_back(std::move(each.report));
  return reports;
}

object_report inspect_name(const parsed_name& name, failure& why) {
  const auto dir = current_directory(name.where, why);
  if (!dir) return {};
  patience how = patience::some;
  const file_name entry(name.text, name.where);
  auto found = look_at_entry(*dir, entry.text(), how);
  if (!found) {
    why.set(errc::not_found, "there is no object of this name");
    return {};
  }
  std::vector<look> seen;
  seen.push_back(*std::move(found));
  add_holders(seen);
  if (seen.front().report.kind == object_kind::none) seen.front().report.name = name.text;
  return std::move(seen.front().report);
}

system_report inspect_backend() {
  return {"posix", bytes_apart ? "anchor" : "one file", portable_engine ? "portable" : "kernel",
          place_of_scope(scope::session), place_of_scope(scope::global)};
}

}  // namespace isthmus::detail
