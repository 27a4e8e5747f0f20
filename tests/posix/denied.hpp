// SPDX-License-Identifier: MIT
//
// Children in which system calls fail, as in a sandbox or under an older kernel.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace white {

/// From now on a system call fails with this error, in this process and all that it starts; with
/// `argument`, only if that one is `value`.
inline bool deny(long call, int error, int argument = -1, std::uint32_t value = 0) {
  constexpr auto statement = [](unsigned code, unsigned k, int yes = 0, int no = 0) {
    return sock_filter{static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(yes),
                       static_cast<std::uint8_t>(no), k};
  };
  const auto place = static_cast<unsigned>(
      argument < 0 ? offsetof(seccomp_data, nr)
                   : offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(argument) +
                         (std::endian::native == std::endian::big ? 4 : 0));
  const auto wanted = argument < 0 ? static_cast<unsigned>(call) : value;
  std::array filter{
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      statement(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 3),
      statement(BPF_LD | BPF_W | BPF_ABS, place),
      statement(BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, 1),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{filter.size(), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace white
