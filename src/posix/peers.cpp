// SPDX-License-Identifier: MIT
//
// The records of other processes.
#include "directory.hpp"
#include "fork.hpp"
#include "identity.hpp"
#include "modules.hpp"
#include "record.hpp"
#include "record_lock.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace isthmus::detail {
namespace {

constexpr int open_flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

std::mutex lock;  // whoever has it has the gate as well, so a fork does not meet it taken

using cache = std::unordered_map<std::uint32_t, std::shared_ptr<const record>>;

cache& peers() {
  static auto* const instance = new cache;  // outlives exit handlers
  return *instance;
}

/// Known ones are dropped now and then: most have ended, and each mapping keeps memory.
constexpr std::size_t most_peers = 64;

enum class process { alive, dead, unknown };

/// Opens the record of another process's nonce and asks whether that process lives.
process ask(std::uint32_t nonce, descriptor& fd) noexcept {
  failure why;
  std::array<char, 24> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "p/{:08x}", nonce);
  for (;;) {
    const auto dir = directory_of(scope::session, why);
    if (!dir) return process::unknown;
    fd = descriptor(::openat(dir->fd.get(), path.data(), open_flags));
    if (fd) return record_locked(fd.get()) ? process::alive : process::dead;
    if (errno != ENOENT) return process::unknown;
    // Where somebody has removed the directory by force, a missing record says nothing.
    if (!forget_stale_directory(dir))
      return directory_was_lost() ? process::unknown : process::dead;
  }
}

/// Maps a record if it is sound.
std::shared_ptr<const record> map_peer(int fd, std::uint32_t nonce) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      static_cast<std::uint64_t>(info.st_size) < record_size)
    return nullptr;
  auto made = std::make_shared<record>();
  void* const place = ::mmap(nullptr, record_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (place == MAP_FAILED) return nullptr;
  made->header = static_cast<record_header*>(place);
  const record_header& header = *made->header;
  const bool sound = header.magic == record_magic && header.version == layout_version &&
                     header.nonce == nonce && header.slots == slots_per_record &&
                     header.word % 4 == 0 && header.word < sizeof(thread_slot::storage);
  return sound ? made : nullptr;
}

std::shared_ptr<const record> cached(std::uint32_t nonce) {
  const std::scoped_lock guard{lock};
  const auto place = peers().find(nonce);
  return place != peers().end() ? place->second : nullptr;
}

void forget(std::uint32_t nonce) {
  const std::scoped_lock guard{lock};
  peers().erase(nonce);
}

/// What a thread's slot says.
life_of read_slot(record_header& header, std::uint32_t serial, owner_watch& watch) noexcept {
  thread_slot& slot = *slot_in(&header, serial);
  const auto* const word = word_in(header, slot);
  // If the serial is the thread's before and after, so is the word in between.
  if (slot.serial.load(std::memory_order_acquire) != serial) return life_of::dead;
  const std::uint32_t value = word->load(std::memory_order_acquire);
  if (tells_of_end(header, value) || slot.serial.load(std::memory_order_acquire) != serial)
    return life_of::dead;
  watch.word = word;
  watch.value = value;
  watch.polled = (header.flags & record_robust) == 0;
  return life_of::alive;
}

life_of look_at_peer(std::uint64_t token, bool ask_process, owner_watch& watch) {
  const std::uint32_t nonce = nonce_of(token);
  auto known = cached(nonce);
  if (!known || ask_process) {
    descriptor fd;
    switch (ask(nonce, fd)) {
      case process::dead:
        forget(nonce);
        return life_of::dead;
      case process::unknown:  // then the slot has to tell
      case process::alive:
        break;
    }
    if (!known && fd) {
      known = map_peer(fd.get(), nonce);
      const std::scoped_lock guard{lock};
      if (peers().size() >= most_peers) peers().clear();
      if (known) peers()[nonce] = known;
    }
  }
  if (!known) {  // nothing that we can read: at best the process's end is all we learn
    watch.polled = true;
    return life_of::alive;
  }
  watch.keeps = known;
  return read_slot(*known->header, serial_of(token), watch);
}

}  // namespace

life_of look_at(std::uint64_t token, bool ask_process, owner_watch& watch) noexcept {
  watch = {};
  if (record_header* const ours = leader().made_here(nonce_of(token)))
    return read_slot(*ours, serial_of(token), watch);
  const hold_off_fork gate;
  try {
    return look_at_peer(token, ask_process, watch);
  } catch (const std::bad_alloc&) {
    watch = {};
    watch.polled = true;
    return life_of::alive;
  }
}

owner_name name_of(std::uint64_t token) noexcept {
  owner_name name;
  const std::uint32_t nonce = nonce_of(token);
  const record_header* header = leader().made_here(nonce);
  const hold_off_fork gate;
  descriptor fd;
  try {
    std::shared_ptr<const record> known = header == nullptr ? cached(nonce) : nullptr;
    if (header == nullptr && !known) {
      ask(nonce, fd);
      if (fd) known = map_peer(fd.get(), nonce);
    }
    if (known) header = known->header;
    if (header == nullptr) return name;
    name.process_id = header->process_id;
    const std::string_view text(header->program.data(), header->program.size());
    name.program = text.substr(0, text.find('\0'));
  } catch (const std::bad_alloc&) {
    name = {};
  }
  return name;
}

bool journal_was_open(std::uint64_t token) noexcept {
  const std::uint32_t nonce = nonce_of(token);
  const auto open_in = [&](record_header* header) {
    const thread_slot& slot = *slot_in(header, serial_of(token));
    return slot.serial.load(std::memory_order_acquire) == serial_of(token) &&
           slot.operation.load(std::memory_order_acquire) != 0;
  };
  if (record_header* const ours = leader().made_here(nonce)) return open_in(ours);
  const hold_off_fork gate;
  try {
    std::shared_ptr<const record> known = cached(nonce);
    descriptor fd;
    if (!known && ask(nonce, fd) != process::unknown && fd) known = map_peer(fd.get(), nonce);
    return known && open_in(known->header);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

namespace {

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

/// The nonce in a record's file name, or 0.
std::uint32_t nonce_in(std::string_view name) noexcept {
  std::uint32_t nonce = 0;
  const auto* const end = name.data() + name.size();
  const bool whole = name.size() == 8 && std::from_chars(name.data(), end, nonce, 16).ptr == end;
  return whole ? nonce : 0;
}

}  // namespace

record_fate remove_dead_record(int records, const char* name, bool even_open) noexcept {
  record_fate fate;
  const bool temporary = std::string_view(name).starts_with(".t");
  const std::uint32_t nonce = temporary ? 0 : nonce_in(name);
  if (!temporary && nonce == 0) return fate;
  if (!temporary && leader().made_here(nonce) != nullptr) {
    fate.alive = true;
    return fate;
  }
  struct stat info {};
  const descriptor fd(::openat(records, name, open_flags));
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return fate;
  fate.alive = record_locked(fd.get());
  if (fate.alive) return fate;
  fate.kept = !even_open && !temporary && any_journal_open(fd.get());
  if (fate.kept || ::unlinkat(records, name, 0) != 0) return fate;
  fate.bytes = static_cast<std::uint64_t>(info.st_blocks) * 512;
  return fate;
}

}  // namespace isthmus::detail
