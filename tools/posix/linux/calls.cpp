// SPDX-License-Identifier: MIT
//
// Each of these looks whether a call is there and may be made, not what it is good for. So a wrong
// argument will often do.
#include "../calls.hpp"

#include "../../apart.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open (SYS_pidfd_send_signal + 10)
#endif
#ifndef SYS_futex_waitv
#define SYS_futex_waitv (SYS_pidfd_send_signal + 25)  // calls come in the same order everywhere
#endif

namespace tool {
namespace {

/// 0 for a call that was done; else its error.
int error_of(long result) noexcept { return result < 0 ? errno : 0; }
/// The same where a certain error shows that the call is there.
int error_of(long result, int expected) noexcept {
  return result < 0 && errno != expected ? errno : 0;
}

std::string own_entry() { return fmt::format(".isthmus-doctor.{}", ::getpid()); }

/// A new file at the place, without a name.
int file_at(int place) {
  int file = ::openat(place, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  const std::string name = own_entry();
  file = ::openat(place, name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  const int error = errno;
  if (file >= 0) ::unlinkat(place, name.c_str(), 0);
  errno = error;
  return file;
}

int try_create(int place) { return error_of(file_at(place)); }

int try_tmpfile(int place) {
  return error_of(::openat(place, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

int try_link(int place) {
  const int file = ::openat(place, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  const std::string name = own_entry();
  long result = 0;
  if (file < 0) {  // as the library does then: the file has had a name before
    const std::string before = name + "t";
    if (::openat(place, before.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600) < 0) return errno;
    result = ::linkat(place, before.c_str(), place, name.c_str(), 0);
    const int error = errno;
    ::unlinkat(place, before.c_str(), 0);
    errno = error;
  } else {
    result = ::linkat(file, "", place, name.c_str(), AT_EMPTY_PATH);
    std::array<char, 40> path{};
    std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", file);
    if (result < 0)
      result = ::linkat(AT_FDCWD, path.data(), place, name.c_str(), AT_SYMLINK_FOLLOW);
  }
  const int error = error_of(result);
  if (error == 0) ::unlinkat(place, name.c_str(), 0);
  return error;
}

int try_rename(int place) {
  return error_of(::syscall(SYS_renameat2, place, "isthmus-none", place, "isthmus-none", 1),
                  ENOENT);
}

int try_allocate(int place) {
  const int file = file_at(place);
  return file < 0 ? errno : ::posix_fallocate(file, 0, 4096);
}

int try_map(int place) {
  const int file = file_at(place);
  if (file < 0 || ::ftruncate(file, 4096) != 0) return errno;
  const void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return page == MAP_FAILED ? errno : 0;
}

struct flock whole_file(short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

int try_lock(int place) {
  struct flock lock = whole_file(F_WRLCK);
  const int file = file_at(place);
  return file < 0 ? errno : error_of(::fcntl(file, F_OFD_SETLK, &lock));
}

int try_lock_question(int place) {
  struct flock lock = whole_file(F_WRLCK);
  const int file = file_at(place);
  return file < 0 ? errno : error_of(::fcntl(file, F_OFD_GETLK, &lock));
}

int try_memory(int) { return error_of(::memfd_create("isthmus", MFD_CLOEXEC)); }

int try_seals(int) {
  const int memory = ::memfd_create("isthmus", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return memory < 0 ? errno : error_of(::fcntl(memory, F_ADD_SEALS, F_SEAL_GROW));
}

int try_sleep(int) {
  const std::uint32_t word = 1;
  const timespec long_ago{};
  return error_of(::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &long_ago, nullptr, -1),
                  EAGAIN);
}

int try_sleep_on_many(int) {
  return error_of(::syscall(SYS_futex_waitv, nullptr, 0, 0, nullptr, CLOCK_MONOTONIC), EINVAL);
}

int try_robust_list(int) {
  robust_list_head* head = nullptr;
  std::size_t size = 0;
  if (::syscall(SYS_get_robust_list, 0, &head, &size) != 0) return errno;
  return head == nullptr ? ENOSYS : 0;  // set_robust_list, which the C library calls
}

int try_pidfd(int) { return error_of(::syscall(SYS_pidfd_open, ::getpid(), 0)); }

int try_pidfd_signal(int) {
  return error_of(::syscall(SYS_pidfd_send_signal, -1, 0, nullptr, 0), EBADF);
}

int try_passing(int) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return errno;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  char byte = 0;
  iovec data{&byte, 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const first = CMSG_FIRSTHDR(&message);
  first->cmsg_level = SOL_SOCKET;
  first->cmsg_type = SCM_RIGHTS;
  first->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(first), ends.data(), sizeof(int));
  if (::sendmsg(ends[0], &message, MSG_NOSIGNAL) < 0) return errno;
  return error_of(::recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC));
}

int try_proc(int) {
  struct stat info {};
  return error_of(::stat("/proc/self/fd", &info));
}

int try_birth(int) {
  struct statx info {};
  return error_of(::statx(AT_FDCWD, "/", 0, STATX_BTIME, &info));
}

struct call {
  const char* name;
  int (*make)(int place);
  bool at_place;
  health if_missing;
  const char* consequence;
};

constexpr const char* no_names = "no named object can be made; let the sandbox allow it";

constexpr std::array calls{
    call{"open with O_CREAT", try_create, true, health::problem, no_names},
    call{"open with O_TMPFILE", try_tmpfile, true, health::degraded,
         "making a named object takes two calls more"},
    call{"linkat", try_link, true, health::problem, no_names},
    call{"renameat2", try_rename, true, health::degraded,
         "making an object in scope global takes a call more"},
    call{"fallocate", try_allocate, true, health::problem,
         "no section can be made; let the sandbox allow it"},
    call{"mmap with MAP_SHARED", try_map, true, health::problem,
         "nothing can be shared at this place"},
    call{"fcntl with F_OFD_SETLK", try_lock, true, health::problem, no_names},
    call{"fcntl with F_OFD_GETLK", try_lock_question, true, health::problem, no_names},
    call{"memfd_create", try_memory, false, health::problem,
         "no unnamed object can be made, and no process started with objects; let the sandbox "
         "allow it"},
    call{"fcntl with F_ADD_SEALS", try_seals, false, health::degraded,
         "a peer can cut an unnamed section short"},
    call{"futex", try_sleep, false, health::problem, "no wait can sleep; let the sandbox allow it"},
    call{"futex_waitv", try_sleep_on_many, false, health::degraded,
         "waits for several objects look around every 2 ms; it is in Linux 5.16, and "
         "sandboxes have to allow it"},
    call{
        "get_robust_list", try_robust_list, false, health::degraded,
        "owners of mutexes have records in the directory of names, and their deaths are looked for "
        "every 2 ms; let the sandbox allow it and set_robust_list"},
    call{"pidfd_open", try_pidfd, false, health::degraded,
         "waits for processes look around; it is in Linux 5.3"},
    call{"pidfd_send_signal", try_pidfd_signal, false, health::degraded,
         "processes are ended by their number; it is in Linux 5.1"},
    call{"sendmsg with SCM_RIGHTS", try_passing, false, health::problem,
         "channels cannot carry objects; let the sandbox allow socketpair, sendmsg and recvmsg"},
    call{"/proc/self/fd", try_proc, false, health::degraded,
         "objects without a name cannot be had with fewer rights, and holders are unknown; mount "
         "/proc"},
    call{"statx", try_birth, false, health::degraded, "the age of objects is unknown"}};

std::string text_of(int error) { return std::string(::strerror(error)); }

finding try_one(const call& one, int place) {
  const auto result = run_apart([&] {
    const int error = one.make(place);
    return error == 0 ? std::string() : text_of(error);
  });
  if (result.ended && result.text.empty()) return {health::fine, one.name};
  return {one.if_missing, fmt::format("{}: {}", one.name, result.text), one.consequence, one.name};
}

}  // namespace

void try_calls(const std::string& place, std::vector<finding>& into) {
  const int directory =
      place.empty() ? -1 : ::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (const call& one : calls)
    if (!one.at_place || directory >= 0) into.push_back(try_one(one, directory));
  if (directory >= 0) ::close(directory);
}

}  // namespace tool
