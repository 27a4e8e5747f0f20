// SPDX-License-Identifier: MIT
//
// Records of processes that have ended.
#include "posix/owners/modules.hpp"
#include "posix/owners/record.hpp"
#include "posix/owners/record_lock.hpp"
#include "posix/owners/users.hpp"
#include "posix/system/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <mutex>
#include <string_view>

namespace isthmus::detail {
namespace {

constexpr int dead_record_flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/// Whether any thread of a dead process has left its journal open. Read, not mapped: looking at a
/// mapping would give memory to its holes.
bool any_journal_open(int fd) noexcept {
  record_header header{};
  if (::pread(fd, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return false;
  if ((header.flags.load() & record_journal) == 0) return false;
  for (std::uint32_t done = 0; done < slots_per_record;) {
    std::array<thread_slot, 64> some{};
    const auto place = record_slots_offset + done * sizeof(thread_slot);
    if (::pread(fd, some.data(), sizeof some, static_cast<off_t>(place)) !=
        static_cast<ssize_t>(sizeof some))
      return false;
    for (const thread_slot& slot : some)
      if (slot.operation.load() != 0) return true;
    done += some.size();
  }
  return false;
}

/// What a record's file name says: the process, and of a shared one whose it is.
struct record_file {
  std::uint32_t nonce = 0;  ///< 0: a temporary one's
  std::uint32_t user = 0;
  bool is_record = false;
};

record_file parse(std::string_view name) noexcept {
  record_file file;
  const auto* const end = name.data() + name.size();
  file.user = ::geteuid();
  file.is_record =
      name.starts_with(".t") ||
      (name.size() == 8 && std::from_chars(name.data(), end, file.nonce, 16).ptr == end &&
       file.nonce != 0) ||
      parse_shared_record(name, file.user, file.nonce);
  return file;
}

}  // namespace

record_fate remove_dead_record(int records, const char* name, cleaning what,
                               bool even_open) noexcept {
  record_fate fate;
  const record_file file = parse(name);
  if (!file.is_record) return fate;
  if (file.nonce != 0 && leader().made_here(file.nonce) != nullptr) {
    fate.alive = true;  // opening it would cost us its lock
    return fate;
  }
  std::unique_lock<std::mutex> guard;
  if (file.nonce == 0) guard = while_none_is_made();
  struct stat info {};
  const descriptor fd(::openat(records, name, dead_record_flags));
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != file.user)
    return fate;
  fate.alive = record_locked(fd.get());
  if (fate.alive) return fate;
  fate.kept = !even_open && file.nonce != 0 && any_journal_open(fd.get());
  if (fate.kept) return fate;
  if (what == cleaning::remove && ::unlinkat(records, name, 0) != 0) return fate;
  fate.bytes = static_cast<std::uint64_t>(info.st_blocks) * 512;
  return fate;
}

}  // namespace isthmus::detail
