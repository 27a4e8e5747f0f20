// SPDX-License-Identifier: MIT
//
// By /proc: a process holds an anchor if one of its descriptors is of that file, and has the life
// lock for reading. A descriptor alone is no hold: whoever looks at a file has one as well.
#include "posix/system/holders.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/listing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <string_view>

namespace isthmus::detail {
namespace {

constexpr int every = std::numeric_limits<int>::max();
constexpr int proc_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

using small_text = std::array<char, 512>;

std::string_view read_text(int proc, const std::string& path, small_text& into) noexcept {
  const descriptor fd(::openat(proc, path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto got = fd ? ::read(fd.get(), into.data(), into.size()) : 0;
  return {into.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Whether the description has a lock for reading; that it is of the right file is known.
bool holds(int proc, const std::string& process, const char* number) {
  small_text buffer;
  const auto text = read_text(proc, process + "/fdinfo/" + number, buffer);
  const auto lock = text.find("lock:");
  return lock != text.npos && text.find(" READ ", lock) != text.npos;
}

std::string program_of(int proc, const std::string& process) {
  std::array<char, 4096> path{};
  const auto length = ::readlinkat(proc, (process + "/exe").c_str(), path.data(), path.size());
  std::string_view text(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  constexpr std::string_view gone = " (deleted)";
  if (text.ends_with(gone)) text.remove_suffix(gone.size());
  text.remove_prefix(text.rfind('/') + 1);  // npos + 1 is 0
  if (!text.empty()) return std::string(text);
  small_text buffer;
  text = read_text(proc, process + "/comm", buffer);
  return std::string(text.substr(0, text.find('\n')));
}

bool before(const held_anchor& a, const held_anchor& b) noexcept {
  return a.device != b.device ? a.device < b.device : a.inode < b.inode;
}

/// Looks at one process; false where that cannot be done.
bool look_into(int proc, const std::string& process, std::span<held_anchor* const> sorted) {
  const descriptor files(::openat(proc, (process + "/fd").c_str(), proc_flags));
  if (!files) return errno == ENOENT || errno == ESRCH;
  process_note note;
  const char* const end = process.data() + process.size();
  std::from_chars(process.data(), end, note.id);
  const int error = for_each_entry(files.get(), every, [&](const char* number) {
    struct statx info {};  // as it is known here: no server of files is asked
    if (::statx(files.get(), number, AT_STATX_DONT_SYNC, STATX_INO, &info) != 0) return;
    const held_anchor wanted{makedev(info.stx_dev_major, info.stx_dev_minor), info.stx_ino};
    const auto place =
        std::lower_bound(sorted.begin(), sorted.end(), &wanted,
                         [](const held_anchor* a, const held_anchor* b) { return before(*a, *b); });
    if (place == sorted.end() || before(wanted, **place)) return;
    auto& holders = (*place)->holders;
    if (!holders.empty() && holders.back().id == note.id) return;  // through another descriptor
    if (!holds(proc, process, number)) return;
    if (note.program.empty()) note.program = program_of(proc, process);
    holders.push_back(note);
  });
  return error == 0 || error == ENOENT || error == ESRCH;
}

}  // namespace

sight find_holders(std::span<held_anchor> anchors) {
  const descriptor proc(::open("/proc", proc_flags));
  struct stat self {};
  if (!proc || ::fstatat(proc.get(), "self/fdinfo", &self, 0) != 0) return sight::none;
  std::vector<held_anchor*> sorted;
  for (held_anchor& each : anchors) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(),
            [](const held_anchor* a, const held_anchor* b) { return before(*a, *b); });
  bool all = true;
  const int error = for_each_entry(proc.get(), every, [&](const char* entry) {
    if (entry[0] < '0' || entry[0] > '9') return;
    all = look_into(proc.get(), entry, sorted) && all;
  });
  return all && error == 0 ? sight::all : sight::some;
}

}  // namespace isthmus::detail
