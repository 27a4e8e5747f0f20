// SPDX-License-Identifier: MIT
#include "posix/owners/record.hpp"

#include "posix/names/directory.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/publish.hpp"
#include "posix/names/refusal.hpp"
#include "posix/owners/end_hook.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/modules.hpp"
#include "posix/owners/record_lock.hpp"
#include "posix/owners/record_sweep.hpp"
#include "posix/owners/users.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/program.hpp"
#include "posix/system/random.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

namespace isthmus::detail {
namespace {

/// One of this process's records. Never freed: others may be looking at it at any time.
struct own {
  record_header* header = nullptr;
  record_facts facts;  // what was written into the header; others may write there
  descriptor fd;       // never closed while the process lives: the lock would go
  std::uint32_t next_serial = 0;
  std::uint32_t given = 0;  // serials given out; when all are, the record is used up
  bool shared = false;
  std::atomic<std::uint64_t> place = 0;  // where it is; others may write what the header says
  std::atomic<std::uint64_t> shared_place = 0;  // the same of the shared one
  own* next = nullptr;
  own* next_kept = nullptr;
};

std::atomic<own*> own_records = nullptr;  // reading it needs no lock
// Those that are ours no more, and can still be looked at. Only so that leak checkers find them.
own* kept_records = nullptr;
bool sharing = false;  // all records are to be shared
std::atomic<bool> swept = false;

std::mutex records_lock;  // for changes; whoever has it has the gate as well, so a fork never meets
                          // it taken

constexpr std::uint32_t first_serial = owner_word::first_recorded;
constexpr std::uint32_t last_serial = owner_word::most_threads;
constexpr std::uint32_t most_serials = last_serial - first_serial + 1;

void keep_record(own& former) noexcept { former.next_kept = std::exchange(kept_records, &former); }

/// The file of a new record, mapped and locked: true if all went well.
bool fill_record(unpublished_file& file, own& made, std::uint32_t nonce, const directory& dir,
                 failure& why) {
  const int fd = file.fd.get();
  if (fd < 0) {
    refused(errno, dir.base, dir.fd.get(), why);
    return false;
  }
  if (!check_size_limit(record_size, why) || !set_size(fd, record_size, dir.base, why) ||
      !take_space(fd, 0, record_slots_offset, dir.base, why))
    return false;
  void* const place = ::mmap(nullptr, record_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (place == MAP_FAILED || let_go(fd) != 0 || !lock_record(fd)) {
    fail_with(errno, why);
    if (place != MAP_FAILED) ::munmap(place, record_size);
    return false;
  }
  made.header = static_cast<record_header*>(place);
  record_facts& facts = made.facts;
  struct stat info {};
  facts.nonce = nonce;
  facts.user = ::fstat(fd, &info) == 0 ? info.st_uid : ::geteuid();
  facts.process_id = static_cast<std::uint32_t>(::getpid());
  program_name(facts.program);
  record_header& header = *made.header;
  header.magic = record_magic;
  header.version = layout_version;
  header.nonce = facts.nonce;
  header.slots = slots_per_record;
  header.process_id = facts.process_id;
  header.user = facts.user;
  header.program = facts.program;
  return true;
}

/// A new record for this process, published and locked; nullptr on failure.
own* add_record(failure& why) {
  auto dir = directory_of(scope::session, why);
  for (int attempt = 0; dir && attempt < 8; ++attempt) {
    const descriptor records = records_of(*dir, why);
    if (!records && forget_stale_directory(dir)) {
      why.clear();
      dir = directory_of(scope::session, why);
      continue;
    }
    if (!records) return nullptr;
    auto made = std::make_unique<own>();
    unpublished_file file = make_unpublished(records.get());
    const auto random = random_number();
    const auto nonce = std::max(static_cast<std::uint32_t>(random) & owner_word::most_nonce, 1u);
    if (!fill_record(file, *made, nonce, *dir, why)) {
      discard(file);
      return nullptr;
    }
    // Serials of two processes should differ, so that a mutex's low half tells owners apart.
    made->next_serial = first_serial + static_cast<std::uint32_t>(random >> 32) % most_serials;
    made->header->place = made->place = directory_id(dir->fd.get());
    made->next = own_records.load(std::memory_order_relaxed);
    // Known before it can be found: another thread's sweep would open it, and the lock would go.
    own* const first = made.release();
    own_records.store(first, std::memory_order_release);
    const int error = publish(file, records.get(), record_name(nonce).data());
    if (error == 0) {
      seam::at(seam::step::enrol_record_published);
      first->fd = std::move(file.fd);
      return first;
    }
    own_records.store(first->next, std::memory_order_release);
    keep_record(*first);  // others may look at it
    discard(file);
    // A nonce in use; a directory that was just cleaned.
    if (error != EEXIST && error != ENOENT && error != cannot_be_named) {
      refused(error, dir->base, dir->fd.get(), why);
      return nullptr;
    }
  }
  if (!why) why.set(errc::busy, "somebody keeps removing the directory for process records");
  return nullptr;
}

/// Publishes a record a second time, for all users to read; it stays locked by us. Nobody opens it
/// here: the lock would go.
bool share(own& mine, failure& why) {
  if (mine.shared) return true;
  const auto from = directory_of(scope::session, why);
  const auto into = from ? directory_of(scope::global, why) : nullptr;
  const descriptor records = into ? records_of(*from, why) : descriptor();
  if (!records) return false;
  const shared_record_name name(mine.facts.user, mine.facts.nonce);
  const auto own_name = record_name(mine.facts.nonce);
  struct stat ours {};
  struct stat there {};
  if (::fchmod(mine.fd.get(), 0644) != 0 || ::fstat(mine.fd.get(), &ours) != 0 ||
      (::linkat(records.get(), own_name.data(), into->fd.get(), name.text(), 0) != 0 &&
       errno != EEXIST) ||
      ::fstatat(into->fd.get(), name.text(), &there, AT_SYMLINK_NOFOLLOW) != 0) {
    // Not "not found", which would be said of the object.
    if (errno == ENOENT)
      why.set_native(EBUSY, "somebody has removed this process's record by force; try again");
    else
      refused(errno, into->path, into->fd.get(), why);
    return false;
  }
  mine.shared = there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
  if (mine.shared) mine.header->shared_place = mine.shared_place = directory_id(into->fd.get());
  if (!mine.shared)
    why.set(errc::untrusted,
            fmt::format("another user has taken {}/{}, the name of this process's record; have it "
                        "removed",
                        into->path, name.text()));
  return mine.shared;
}

/// Commits the page of a slot: a fault must not tell us later that there is no room.
bool commit_slot(const own& mine, const thread_slot& slot, failure& why) {
  const auto* const begin = static_cast<const std::byte*>(static_cast<const void*>(mine.header));
  const auto place = static_cast<std::uint64_t>(
      static_cast<const std::byte*>(static_cast<const void*>(&slot)) - begin);
  return take_space(mine.fd.get(), place, sizeof slot, "shared memory", why);
}

/// A free slot of the record for this thread: its token; 0 without failure where none is free.
std::uint64_t free_slot_in(own& mine, failure& why) {
  if (sharing && mine.facts.user == ::geteuid() && !share(mine, why)) return 0;
  for (std::uint32_t tried = 0; tried < slots_per_record && mine.given < most_serials; ++tried) {
    ++mine.given;  // also where the slot turns out to be taken: a serial is used once or never
    const std::uint32_t serial = mine.next_serial =
        mine.next_serial == last_serial ? first_serial : mine.next_serial + 1;
    thread_slot& slot = *slot_in(mine.header, serial);
    if (!commit_slot(mine, slot, why)) return 0;
    if (slot.operation.load(std::memory_order_acquire) != 0) continue;  // its journal is needed
    if (slot.serial.load(std::memory_order_acquire) != 0) {
      if (slot.gone.load(std::memory_order_acquire) == 0) continue;
      slot.serial.store(0, std::memory_order_seq_cst);
    }
    slot.gone.store(0, std::memory_order_relaxed);
    if (const int error = arm_by_hook(slot); error != 0) {
      fail_with(error, why);
      return 0;
    }
    slot.serial.store(serial, std::memory_order_release);
    return token_of(mine.facts.nonce, serial);
  }
  return 0;
}

}  // namespace

bool share_records(failure& why) {
  const hold_off_fork gate;
  const std::scoped_lock guard{records_lock};
  if (!sharing)
    if (const auto dir = directory_of(scope::global, why)) sweep_some_records(*dir);
  if (why) return false;
  sharing = true;
  // What was made as another user stays as it is: global objects are used as who we are.
  for (own* mine = own_records.load(std::memory_order_relaxed); mine != nullptr; mine = mine->next)
    if (mine->facts.user == ::geteuid() && !share(*mine, why)) return false;
  return true;
}

std::uint64_t take_slot(std::uint32_t user, failure& why) {
  const hold_off_fork gate;
  if (!swept.exchange(true, std::memory_order_relaxed))
    if (const auto dir = directory_of(scope::session, why)) sweep_some_records(*dir);
  std::unique_lock guard(records_lock);
  if (why) return 0;
  for (own* mine = own_records.load(std::memory_order_relaxed); mine != nullptr; mine = mine->next)
    if (mine->facts.user == user)
      if (const auto token = free_slot_in(*mine, why); token != 0 || why) return token;
  if (user != ::geteuid()) return wrong_user(user, why), 0;
  own* added = add_record(why);
  if (added == nullptr && why.code == errc::no_space) {
    failure none;
    guard.unlock();
    if (const auto dir = directory_of(scope::session, none)) sweep_all_records(*dir);
    guard.lock();
    why.clear();
    added = add_record(why);
  }
  if (added != nullptr && added->facts.user != user) return wrong_user(user, why), 0;
  return added != nullptr ? free_slot_in(*added, why) : 0;
}

namespace {

const own* find_own(std::uint32_t nonce) noexcept {
  const own* mine = own_records.load(std::memory_order_acquire);
  while (mine != nullptr && mine->facts.nonce != nonce) mine = mine->next;
  return mine;
}

}  // namespace

record_header* made_here(std::uint32_t nonce) noexcept {
  const own* const mine = find_own(nonce);
  return mine != nullptr ? mine->header : nullptr;
}

own_record own_record_of(std::uint32_t nonce) noexcept {
  if (const own* const mine = find_own(nonce)) return {mine->header, mine->facts};
  // Another copy of the library may have made it, and tells where it lies.
  record_header* const header = leader().made_here(nonce);
  if (header == nullptr) return {};
  const own_record found{header, facts_in(*header)};
  return found.facts.nonce == nonce ? found : own_record{};
}

std::uint64_t own_place(std::uint32_t nonce, bool shared) noexcept {
  if (const own* const mine = find_own(nonce)) return shared ? mine->shared_place : mine->place;
  const record_header* const header = leader().made_here(nonce);
  if (header == nullptr) return 0;
  return shared ? header->shared_place : header->place;
}

std::atomic<std::uint32_t>* own_journal(std::uint64_t me) noexcept {
  record_header* const header = leader().made_here(nonce_of(me));
  if ((header->flags.load(std::memory_order_relaxed) & record_journal) == 0)
    header->flags.fetch_or(record_journal);
  return &slot_in(header, serial_of(me))->operation;
}

std::unique_lock<std::mutex> while_none_is_made() { return std::unique_lock(records_lock); }

void disown_records() noexcept {
  disarm_hook();
  swept.store(false, std::memory_order_relaxed);
  own* mine = own_records.exchange(nullptr);
  for (; mine != nullptr; mine = mine->next) {
    mine->fd.reset();
    keep_record(*mine);
  }
}

}  // namespace isthmus::detail
