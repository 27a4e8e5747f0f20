// SPDX-License-Identifier: MIT
//
// Reading records. They lie in memory that other processes of their user may write, our own as
// well, so a number is copied and checked before it leads anywhere.
#include "posix/owners/record.hpp"
#include "shared_copy.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstddef>

namespace isthmus::detail {
thread_slot* slot_in(record_header* header, std::uint32_t serial) noexcept {
  auto* const slots = static_cast<std::byte*>(static_cast<void*>(header)) + record_slots_offset;
  return std::bit_cast<thread_slot*>(slots) + serial % slots_per_record;
}

record_facts facts_in(const record_header& mapped) noexcept {
  record_header header{};
  copy_shared(&header, &mapped, sizeof header);
  record_facts facts;
  if (header.magic != record_magic || header.version != layout_version ||
      header.slots != slots_per_record)
    return {};
  facts.nonce = header.nonce;
  facts.user = header.user;
  facts.process_id = header.process_id;
  facts.program = header.program;
  return facts;
}

std::array<char, 16> record_name(std::uint32_t nonce) noexcept {
  std::array<char, 16> text{};
  fmt::format_to_n(text.data(), text.size() - 1, "{:08x}", nonce);
  return text;
}

std::string_view record_facts::program_name() const noexcept {
  const std::string_view text(program.data(), program.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace isthmus::detail
