// SPDX-License-Identifier: MIT
#include "record.hpp"

#include "directory.hpp"
#include "fork.hpp"
#include "identity.hpp"
#include "life_lock.hpp"
#include "liveness.hpp"
#include "posix_failure.hpp"
#include "program.hpp"
#include "publish.hpp"
#include "random.hpp"
#include "record_lock.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "space.hpp"
#include "sweep.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <limits>
#include <memory>
#include <mutex>
#include <string_view>

namespace isthmus::detail {
namespace {

/// One of this process's own. It stays for ever, so that it can be read without a lock.
struct own {
  record mapped;
  descriptor fd;  // never closed while the process lives: the lock would go
  std::uint32_t next_serial = 0;
  own* next = nullptr;
};

std::mutex lock;  // whoever has it has the gate as well, so a fork does not meet it taken

constinit std::atomic<own*> own_records = nullptr;  // the latest first

constexpr std::uint32_t serial_mask = 0x3FFFFFFF;
constexpr std::uint32_t kernel_died = 0x40000000;    // FUTEX_OWNER_DIED
constexpr std::uint32_t kernel_thread = 0x3FFFFFFF;  // FUTEX_TID_MASK

bool robust(const record_header& header) noexcept { return (header.flags & record_robust) != 0; }

std::array<char, 16> file_of(std::uint32_t nonce) noexcept {
  std::array<char, 16> text{};
  fmt::format_to_n(text.data(), text.size() - 1, "{:08x}", nonce);
  return text;
}

bool map_record(int fd, record& into) noexcept {
  void* const place = ::mmap(nullptr, record_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (place == MAP_FAILED) return false;
  into.header = static_cast<record_header*>(place);
  return true;
}

/// Fills in a new record's file: room for its header, a name for the owner, and the lock.
bool prepare_record(own& made, int fd, std::string_view where, failure& why) {
  if (!check_size_limit(record_size, why) || !set_size(fd, record_size, where, why) ||
      !take_space(fd, 0, record_slots_offset, where, why))
    return false;
  if (!map_record(fd, made.mapped) || let_go(fd) != 0 || !lock_record(fd)) {
    fail_with(errno, why);
    return false;
  }
  const auto word = robust_word();
  const auto random = random_number();
  record_header& header = *made.mapped.header;
  header.magic = record_magic;
  header.version = layout_version;
  header.nonce = std::max(static_cast<std::uint32_t>(random), 1u);
  header.flags = word ? record_robust : 0;
  header.word = word.value_or(0);
  header.slots = slots_per_record;
  header.process_id = static_cast<std::uint32_t>(::getpid());
  program_name(header.program);
  // Serials of two processes should differ, so that a mutex's low half tells owners apart.
  made.next_serial = static_cast<std::uint32_t>(random >> 32) & serial_mask;
  return true;
}

/// A new record for this process, published and locked.
bool add_record(failure& why) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    why.clear();
    const auto dir = directory_of(scope::session, why);
    if (!dir) return false;
    const descriptor records = records_of(*dir, why);
    if (!records && why.code == errc::not_found && forget_stale_directory(dir)) continue;
    if (!records) return false;
    auto made = std::make_unique<own>();
    unpublished_file file = make_unpublished(records.get());
    if (!file.fd) {
      fail_with(errno, why);
      return false;
    }
    if (!prepare_record(*made, file.fd.get(), dir->base, why)) {
      discard(file, records.get());
      return false;
    }
    // Known before it can be found: a sweep by another thread must not open it.
    own* const first = made.release();
    first->next = own_records.load(std::memory_order_relaxed);
    own_records.store(first, std::memory_order_release);
    const int error = publish(file, records.get(), file_of(first->mapped.header->nonce).data());
    if (error == 0) {
      seam::at(seam::step::enrol_record_published);
      first->fd = std::move(file.fd);
      return true;
    }
    own_records.store(first->next, std::memory_order_release);  // it stays: others may look at it
    discard(file, records.get());
    if (error != EEXIST && error != ENOENT) {  // a nonce in use; a directory that was just cleaned
      fail_with(error, why);
      return false;
    }
  }
  why.set(errc::busy, "somebody keeps removing the directory for process records");
  return false;
}

/// Commits the page of a slot: a fault must not tell us later that there is no room.
bool commit_slot(const own& mine, const thread_slot& slot, failure& why) {
  const auto* const begin =
      static_cast<const std::byte*>(static_cast<const void*>(mine.mapped.header));
  const auto place = static_cast<std::uint64_t>(
      static_cast<const std::byte*>(static_cast<const void*>(&slot)) - begin);
  return take_space(mine.fd.get(), place, sizeof slot, "shared memory", why);
}

/// A free slot of the record for this thread: its token; 0 without failure where none is free.
std::uint64_t free_slot_in(own& mine, failure& why) {
  const record_header& header = *mine.mapped.header;
  for (std::uint32_t tried = 0; tried < slots_per_record; ++tried) {
    const std::uint32_t serial = mine.next_serial = (mine.next_serial + 1) & serial_mask;
    if (serial == 0) continue;
    thread_slot& slot = *slot_in(mine.mapped.header, serial);
    if (!commit_slot(mine, slot, why)) return 0;
    std::atomic<std::uint32_t>* const word = word_in(header, slot);
    if (slot.serial.load(std::memory_order_acquire) != 0) {
      if (!tells_of_end(header, word->load(std::memory_order_acquire))) continue;
      slot.serial.store(0, std::memory_order_seq_cst);
      wake_all(*word);  // whoever still watches the former thread looks again
    }
    slot.gone.store(0, std::memory_order_relaxed);
    slot.operation.store(0, std::memory_order_relaxed);
    if (const int error = arm_slot(slot, same_process_mask()); error != 0) {
      fail_with(error, why);
      return 0;
    }
    slot.serial.store(serial, std::memory_order_release);
    return token_of(header.nonce, serial);
  }
  return 0;
}

}  // namespace

record::~record() {
  if (header != nullptr) ::munmap(header, record_size);
}

thread_slot* slot_in(record_header* header, std::uint32_t serial) noexcept {
  auto* const slots = static_cast<std::byte*>(static_cast<void*>(header)) + record_slots_offset;
  return std::bit_cast<thread_slot*>(slots) + serial % slots_per_record;
}

std::atomic<std::uint32_t>* word_in(const record_header& header, thread_slot& slot) noexcept {
  return robust(header)
             ? std::bit_cast<std::atomic<std::uint32_t>*>(slot.storage.data() + header.word)
             : &slot.gone;
}

bool tells_of_end(const record_header& header, std::uint32_t word) noexcept {
  return robust(header) ? (word & kernel_died) != 0 || (word & kernel_thread) == 0 : word != 0;
}

std::uint64_t take_slot(failure& why) {
  const hold_off_fork gate;
  static std::atomic<bool> swept = false;
  if (!swept.exchange(true, std::memory_order_relaxed))
    if (const auto dir = directory_of(scope::session, why)) sweep_some_records(*dir);
  const std::scoped_lock guard{lock};
  if (why) return 0;
  for (own* mine = own_records.load(std::memory_order_relaxed); mine != nullptr; mine = mine->next)
    if (const auto token = free_slot_in(*mine, why); token != 0 || why) return token;
  return add_record(why) ? free_slot_in(*own_records.load(std::memory_order_relaxed), why) : 0;
}

// No lock and no gate: other copies of the library ask while they hold theirs.
record_header* made_here(std::uint32_t nonce) noexcept {
  for (const own* mine = own_records.load(std::memory_order_acquire); mine != nullptr;
       mine = mine->next)
    if (mine->mapped.header->nonce == nonce) return mine->mapped.header;
  return nullptr;
}

void disown_records() noexcept {
  disarm_slot();
  // They stay mapped: where no fork handler has run, this thread's list of robust mutexes still
  // leads through its parent's slot, and the next one to be locked is linked to it.
  for (own* mine = own_records.exchange(nullptr); mine != nullptr; mine = mine->next)
    mine->fd.reset();
}

}  // namespace isthmus::detail
