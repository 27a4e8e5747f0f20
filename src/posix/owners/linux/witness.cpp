// SPDX-License-Identifier: MIT
#include "posix/owners/witness.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/program.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/robust_list.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

namespace isthmus::detail {
namespace {

noted_owner facts;
std::uint64_t process_start = 0;
std::mutex facts_lock;  // whoever has it has the gate as well, so a fork never meets it taken

/// One number for the start of the system and the namespaces of numbers and of times, in which the
/// kernel tells when a thread began; 0 where they cannot be known.
std::uint64_t find_space() noexcept {
  struct stat space {};
  if (::stat("/proc/self/ns/pid", &space) != 0) return 0;
  struct stat times {};
  if (::stat("/proc/self/ns/time", &times) != 0) {
    if (errno != ENOENT) return 0;
    times.st_ino = 0;  // Linux before 5.6
  }
  const descriptor boot(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 36> text{};
  if (!boot || retry([&] { return ::read(boot.get(), text.data(), text.size()); }) !=
                   static_cast<ssize_t>(text.size()))
    return 0;
  std::uint64_t hash = 0xCBF29CE484222325 ^ static_cast<std::uint64_t>(space.st_ino);
  hash = (hash ^ static_cast<std::uint64_t>(times.st_ino)) * 0x100000001B3;
  for (const char each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001B3;
  return hash | 1;
}

/// Whether its process number means something here.
bool is_of_our_space(const noted_owner& note) noexcept {
  return note.space != 0 && note.space == facts.space && note.process_id != 0;
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
  process_start = own_process_start();
  std::array<char, 64> name{};
  program_name(name);
  std::memcpy(facts.program.data(), name.data(), name.size());
}

void forget_own_facts() noexcept { facts = {}; }

std::uint64_t known_process_start() noexcept { return process_start; }

bool process_has_ended(const noted_owner& note) noexcept {
  if (!is_of_our_space(note)) return false;
  const int before = errno;
  const bool nobody = ::kill(static_cast<pid_t>(note.process_id), 0) != 0 && errno == ESRCH;
  errno = before;
  return nobody || process_is_another(note.process_id, note.start);
}

bool has_ended(const noted_owner& note) noexcept {
  if (!is_of_our_space(note)) return false;
  const std::uint32_t thread = owner_word::thread(note.owner);
  const int before = errno;
  const long there = ::syscall(SYS_tgkill, note.process_id, thread, 0);
  const bool nobody = there != 0 && errno == ESRCH;
  errno = before;
  return nobody || thread_is_another(note.process_id, thread, note.start);
}

}  // namespace isthmus::detail
