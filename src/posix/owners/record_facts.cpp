// SPDX-License-Identifier: MIT
//
// Reading records. They lie in memory that other processes of their user may write, our own as
// well, so a number is copied and checked before it leads anywhere.
#include "record.hpp"
#include "shared_copy.hpp"

#include <sys/mman.h>

#include <bit>
#include <cstddef>

namespace isthmus::detail {
namespace {

constexpr std::uint32_t kernel_died = 0x40000000;    // FUTEX_OWNER_DIED
constexpr std::uint32_t kernel_thread = 0x3FFFFFFF;  // FUTEX_TID_MASK

}  // namespace

record::~record() {
  if (header != nullptr) ::munmap(header, record_size);
}

thread_slot* slot_in(record_header* header, std::uint32_t serial) noexcept {
  auto* const slots = static_cast<std::byte*>(static_cast<void*>(header)) + record_slots_offset;
  return std::bit_cast<thread_slot*>(slots) + serial % slots_per_record;
}

record_facts facts_in(const record_header& mapped) noexcept {
  record_header header{};
  copy_shared(&header, &mapped, sizeof header);
  record_facts facts;
  facts.rule = {(header.flags.load(std::memory_order_relaxed) & record_robust) != 0, header.word};
  if (header.magic != record_magic || header.version != layout_version ||
      header.slots != slots_per_record || facts.rule.word % sizeof(std::uint32_t) != 0 ||
      facts.rule.word >= sizeof(thread_slot::storage))
    return {};
  facts.nonce = header.nonce;
  facts.user = header.user;
  facts.process_id = header.process_id;
  facts.program = header.program;
  return facts;
}

std::string_view record_facts::program_name() const noexcept {
  const std::string_view text(program.data(), program.size());
  return text.substr(0, text.find('\0'));
}

std::atomic<std::uint32_t>* word_in(const slot_rule& rule, thread_slot& slot) noexcept {
  return rule.robust ? std::bit_cast<std::atomic<std::uint32_t>*>(slot.storage.data() + rule.word)
                     : &slot.gone;
}

bool tells_of_end(const slot_rule& rule, std::uint32_t word) noexcept {
  return rule.robust ? (word & kernel_died) != 0 || (word & kernel_thread) == 0 : word != 0;
}

}  // namespace isthmus::detail
