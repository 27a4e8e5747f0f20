// SPDX-License-Identifier: MIT
#include "tools/posix/surrounding.hpp"

#include "support/limits.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {
namespace {

/// The exit code of a child that could not be prepared.
constexpr int not_permitted = 250;

[[noreturn]] void become_command(const preparation& prepare, std::vector<char*>& words,
                                 const char* output, const char* error) {
  if (!prepare()) ::_exit(not_permitted);
  const int out = ::open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = ::open(error, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int in = ::open("/dev/null", O_RDONLY);
  if (out < 0 || err < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0)
    ::_exit(251);
  ::execv(words[0], words.data());
  ::_exit(252);
}

constexpr sock_filter statement(unsigned code, unsigned value) noexcept {
  return {static_cast<unsigned short>(code), 0, 0, value};
}
constexpr sock_filter branch(unsigned value, unsigned char yes, unsigned char no) noexcept {
  return {BPF_JMP | BPF_JEQ | BPF_K, yes, no, value};
}
constexpr sock_filter load(std::size_t place) noexcept {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(place));
}
constexpr sock_filter give(unsigned verdict) noexcept {
  return statement(BPF_RET | BPF_K, verdict);
}

bool install(sock_filter* filter, std::size_t size) noexcept {
  const sock_fprog program{static_cast<unsigned short>(size), filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

answer command_in(const preparation& prepare, const std::vector<std::string>& arguments) {
  const temporary_folder folder;
  const auto output = (folder / "output").string();
  const auto error = (folder / "error").string();
  std::vector<std::string> texts{command_file().string()};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  words.reserve(texts.size() + 1);
  for (auto& each : texts) words.push_back(each.data());
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) become_command(prepare, words, output.c_str(), error.c_str());
  if (child < 0) throw std::runtime_error("no child can be made");
  int status = 0;
  const bool ended = eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; });
  if (!ended) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);  // untimed: it has been killed
    throw std::runtime_error("the command does not come to an end");
  }
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (code == not_permitted) SKIP("these surroundings may not be made here; run as root");
  return {code, read_file(output), read_file(error)};
}

bool mount_memory(const char* place, unsigned long flags, const char* options) {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", place, "tmpfs", flags, options) == 0;
}

bool forbid(const forbidden& what) {
  const unsigned verdict = what.error == 0
                               ? SECCOMP_RET_KILL_PROCESS
                               : SECCOMP_RET_ERRNO | (static_cast<unsigned>(what.error) & 0xFFFF);
  const auto call = static_cast<unsigned>(what.call);
  if (what.command < 0) {
    std::array filter{load(offsetof(seccomp_data, nr)), branch(call, 0, 1), give(verdict),
                      give(SECCOMP_RET_ALLOW)};
    return install(filter.data(), filter.size());
  }
  // The lower half of an argument, on the little-endian machines that these tests run on.
  constexpr std::size_t second = offsetof(seccomp_data, args) + sizeof(__u64);
  std::array filter{load(offsetof(seccomp_data, nr)),
                    branch(call, 0, 3),
                    load(second),
                    branch(static_cast<unsigned>(what.command), 0, 1),
                    give(verdict),
                    give(SECCOMP_RET_ALLOW)};
  return install(filter.data(), filter.size());
}

bool allow_only(const std::vector<int>& calls) {
  static std::array<sock_filter, 512> filter;
  std::size_t size = 0;
  filter[size++] = load(offsetof(seccomp_data, nr));
  for (const int each : calls) {
    filter[size++] = branch(static_cast<unsigned>(each), 0, 1);
    filter[size++] = give(SECCOMP_RET_ALLOW);
  }
  filter[size++] = give(SECCOMP_RET_KILL_PROCESS);
  return install(filter.data(), size);
}

}  // namespace support
