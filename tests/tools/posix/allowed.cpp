// SPDX-License-Identifier: MIT
//
// The list of system calls in docs/security.md, held against what happens under a filter that
// allows them and no others.
#include "tools/posix/surrounding.hpp"

#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/syscall.h>

using namespace support;

namespace {

/// What the page names. Calls that the headers here may be too old for have their numbers.
const std::map<std::string, int> numbers{{"accept4", SYS_accept4},
                                         {"access", SYS_access},
                                         {"bind", SYS_bind},
                                         {"chdir", SYS_chdir},
                                         {"chmod", SYS_chmod},
                                         {"clock_gettime", SYS_clock_gettime},
                                         {"clock_nanosleep", SYS_clock_nanosleep},
                                         {"clone", SYS_clone},
                                         {"clone3", 435},
                                         {"close", SYS_close},
                                         {"connect", SYS_connect},
                                         {"dup2", SYS_dup2},
                                         {"execve", SYS_execve},
                                         {"fallocate", SYS_fallocate},
                                         {"fchmod", SYS_fchmod},
                                         {"fchmodat", SYS_fchmodat},
                                         {"fcntl", SYS_fcntl},
                                         {"flock", SYS_flock},
                                         {"fstatfs", SYS_fstatfs},
                                         {"ftruncate", SYS_ftruncate},
                                         {"futex", SYS_futex},
                                         {"futex_waitv", 449},
                                         {"get_robust_list", SYS_get_robust_list},
                                         {"getdents64", SYS_getdents64},
                                         {"geteuid", SYS_geteuid},
                                         {"getpeername", SYS_getpeername},
                                         {"getpid", SYS_getpid},
                                         {"gettid", SYS_gettid},
                                         {"getrandom", SYS_getrandom},
                                         {"getsockopt", SYS_getsockopt},
                                         {"kill", SYS_kill},
                                         {"linkat", SYS_linkat},
                                         {"listen", SYS_listen},
                                         {"madvise", SYS_madvise},
                                         {"memfd_create", SYS_memfd_create},
                                         {"mkdir", SYS_mkdir},
                                         {"mkdirat", SYS_mkdirat},
                                         {"mmap", SYS_mmap},
                                         {"mprotect", SYS_mprotect},
                                         {"msync", SYS_msync},
                                         {"munmap", SYS_munmap},
                                         {"newfstatat", SYS_newfstatat},
                                         {"openat", SYS_openat},
                                         {"pidfd_open", 434},
                                         {"pidfd_send_signal", 424},
                                         {"pipe2", SYS_pipe2},
                                         {"openat2", 437},
                                         {"poll", SYS_poll},
                                         {"pread64", SYS_pread64},
                                         {"prlimit64", SYS_prlimit64},
                                         {"pwrite64", SYS_pwrite64},
                                         {"read", SYS_read},
                                         {"readlink", SYS_readlink},
                                         {"readlinkat", SYS_readlinkat},
                                         {"recvmsg", SYS_recvmsg},
                                         {"renameat", SYS_renameat},
                                         {"renameat2", SYS_renameat2},
                                         {"rt_sigaction", SYS_rt_sigaction},
                                         {"rt_sigpending", SYS_rt_sigpending},
                                         {"rt_sigprocmask", SYS_rt_sigprocmask},
                                         {"rt_sigtimedwait", SYS_rt_sigtimedwait},
                                         {"sched_yield", SYS_sched_yield},
                                         {"sendmsg", SYS_sendmsg},
                                         {"set_robust_list", SYS_set_robust_list},
                                         {"setsockopt", SYS_setsockopt},
                                         {"socket", SYS_socket},
                                         {"socketpair", SYS_socketpair},
                                         {"statfs", SYS_statfs},
                                         {"statx", SYS_statx},
                                         {"tgkill", SYS_tgkill},
                                         {"unlinkat", SYS_unlinkat},
                                         {"waitid", SYS_waitid},
                                         {"write", SYS_write}};

/// What a program of the C library needs besides to start and to end, to have memory, threads and
/// child processes, and to print.
const std::vector<int> of_the_c_library{SYS_arch_prctl,
                                        SYS_brk,
                                        SYS_exit,
                                        SYS_exit_group,
                                        SYS_getcwd,
                                        SYS_ioctl,
                                        SYS_lseek,
                                        SYS_mremap,
                                        SYS_restart_syscall,
                                        SYS_rt_sigreturn,
                                        SYS_set_tid_address,
                                        SYS_sigaltstack,
                                        SYS_sysinfo,
                                        SYS_uname,
                                        SYS_wait4,
                                        SYS_writev,
                                        334};  // rseq

/// The calls between the page's marks, each in backticks.
std::set<std::string> documented() {
  const std::string page = read_file(to_path(ISTHMUS_SECURITY_PAGE));
  const auto begin = page.find("<!-- system calls -->");
  const auto end = page.find("<!-- end of system calls -->");
  REQUIRE(begin < end);
  REQUIRE(end != page.npos);
  std::set<std::string> names;
  for (auto at = page.find('`', begin); at < end; at = page.find('`', at + 1)) {
    const auto close = page.find('`', at + 1);
    names.insert(page.substr(at + 1, close - at - 1));
    at = close;
  }
  return names;
}

}  // namespace

TEST_CASE("the system calls that docs/security.md names are enough for what the command does",
          "[tool]") {
  std::vector<int> allowed = of_the_c_library;
  std::set<std::string> known;
  for (const auto& [name, number] : numbers) {
    known.insert(name);
    allowed.push_back(number);
  }
  REQUIRE(documented() == known);
  const temporary_folder folder;
  const auto file = to_text(folder.file("bytes", "0123456789"));
  const auto itself = to_text(command_file());
  for (const std::vector<std::string>& arguments : {
           std::vector<std::string>{"doctor"},
           {"create", "section", "s", "--size", "64K", "--", itself, "list"},
           {"create", "section", "s", "--size", "64K", "--", itself, "write", "s"},
           {"create", "section", "s", "--file", file, "--", itself, "read", "s"},
           {"create", "mutex", "m", "--owned", "--", itself, "show", "m"},
           {"create", "mutex", "Global\\m", "--for", "everyone", "--", itself, "run", "--mutex",
            "Global\\m", "--timeout", "20ms", "--", itself, "doctor"},
           {"run", "--mutex", "m", "--", itself, "wait", "m", "--timeout", "20ms"},
           {"list", "--scope", "all"},
           {"clean", "--scope", "all"},
       }) {
    const auto told = command_in(
        [&] { return mount_memory("/dev/shm", 0, "mode=1777") && allow_only(allowed); }, arguments);
    INFO(arguments.front() << " " << told.output << told.error);
    CHECK((told.code == 0 || told.code == 124));
    CHECK_FALSE(contains(told.output + told.error, "ended by signal"));
    if (arguments.size() == 1) CHECK(contains(told.output, "a channel is connected by name"));
    CHECK_FALSE(contains(told.output, "\ndegraded"));
  }
}
