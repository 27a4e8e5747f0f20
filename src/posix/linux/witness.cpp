// SPDX-License-Identifier: MIT
#include "owners/witness.hpp"

#include "descriptor.hpp"
#include "fork.hpp"
#include "owners/robust_list.hpp"
#include "program.hpp"
#include "retry.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace isthmus::detail {
namespace {

noted_owner facts;
std::mutex facts_lock;  // whoever has it has the gate as well, so a fork never meets it taken

/// One number for the start of the system and the namespace; 0 where they cannot be known.
std::uint64_t find_space() noexcept {
  struct stat space {};
  if (::stat("/proc/self/ns/pid", &space) != 0) return 0;
  const descriptor boot(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 36> text{};
  if (!boot || retry([&] { return ::read(boot.get(), text.data(), text.size()); }) !=
                   static_cast<ssize_t>(text.size()))
    return 0;
  std::uint64_t hash = 0xCBF29CE484222325 ^ static_cast<std::uint64_t>(space.st_ino);
  for (const char each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001B3;
  return hash | 1;
}

}  // namespace

const noted_owner& own_facts() noexcept { return facts; }

void find_own_facts() noexcept {
  const hold_off_fork gate;
  const std::scoped_lock guard{facts_lock};
  (void)fork_generation();
  if (facts.process_id != 0) return;
  facts.process_id = static_cast<std::uint32_t>(::syscall(SYS_getpid));
  facts.space = find_space();
  std::array<char, 64> name{};
  program_name(name);
  std::memcpy(facts.program.data(), name.data(), name.size());
}

void forget_own_facts() noexcept { facts = {}; }

bool has_ended(const noted_owner& note) noexcept {
  const noted_owner& here = own_facts();
  if (note.space == 0 || note.space != here.space || note.process_id == 0) return false;
  const std::uint32_t thread = owner_word::thread(note.owner);
  const int before = errno;
  const long there = ::syscall(SYS_tgkill, note.process_id, thread, 0);
  const bool nobody = there != 0 && errno == ESRCH;
  errno = before;
  return nobody || thread_is_another(note.process_id, thread, note.start);
}

}  // namespace isthmus::detail
