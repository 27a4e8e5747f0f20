// SPDX-License-Identifier: MIT
#include "support/system.hpp"

#include "support/limits.hpp"

#include <isthmus/native.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace support {

namespace {

std::filesystem::path this_program;

}  // namespace

void prepare_program(const char* argument_zero) {
  // A child that has died must not end its parent.
  std::signal(SIGPIPE, SIG_IGN);
  std::error_code ec;
  this_program = std::filesystem::read_symlink("/proc/self/exe", ec);
  if (ec) this_program = std::filesystem::absolute(argument_zero);
}

std::filesystem::path program() { return this_program; }

std::vector<std::string> command_line(int count, char** values) {
  return {values + std::min(count, 1), values + count};
}

std::uint32_t process_id() noexcept { return static_cast<std::uint32_t>(getpid()); }

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

std::size_t address_granularity() { return page_size(); }

namespace {

/// Whether a directory's file system keeps its files in memory, by the system's list of mounts.
bool is_in_memory(const std::filesystem::path& directory) {
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0) return true;  // of no use either
  const auto device =
      " " + std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)) + " ";
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(device) == line.npos) continue;
    const auto type = line.find(" - ");
    return type != line.npos &&
           (line.compare(type + 3, 6, "tmpfs ") == 0 || line.compare(type + 3, 6, "ramfs ") == 0);
  }
  return false;
}

}  // namespace

std::optional<std::filesystem::path> disk_directory() {
  for (const auto& each : {std::filesystem::path("/var/tmp"),
                           std::filesystem::temp_directory_path(), this_program.parent_path()})
    if (access(each.c_str(), W_OK) == 0 && !is_in_memory(each)) return each;
  return std::nullopt;
}

page_state protection_of(const void* address) {
  // Without taking memory: that might be put where the caller has just unmapped something.
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::array<char, 20'000> text{};  // longer than a line with the longest path
  std::size_t held = 0;
  page_state found;
  for (bool more = maps >= 0; more;) {
    const auto size = read(maps, text.data() + held, text.size() - 1 - held);
    more = size > 0;
    if (more) held += static_cast<std::size_t>(size);
    text[held] = '\0';
    const char* line = text.data();
    while (const char* const end = std::strchr(line, '\n')) {
      unsigned long long first = 0;
      unsigned long long last = 0;
      char protection[5] = {};
      if (std::sscanf(line, "%llx-%llx %4s", &first, &last, protection) == 3 && wanted >= first &&
          wanted < last) {
        found = {protection[0] == 'r', protection[1] == 'w', protection[2] == 'x'};
        more = false;
        break;
      }
      line = end + 1;
    }
    held = static_cast<std::size_t>(text.data() + held - line);
    std::memmove(text.data(), line, held);
  }
  if (maps >= 0) close(maps);
  return found;
}

std::uint64_t committed_bytes(const isthmus::section& of, const void*, std::size_t) {
  struct stat status {};
  if (fstat(isthmus::native_handle(of), &status) != 0) {
    throw std::system_error(errno, std::generic_category(), "fstat");
  }
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

bool make_writable(const void* address) {
  const auto size = page_size();
  const auto before = reinterpret_cast<std::uintptr_t>(address) % size;
  auto* const page = static_cast<std::byte*>(const_cast<void*>(address)) - before;
  return mprotect(page, size, PROT_READ | PROT_WRITE) == 0;
}

isthmus::native_handle_type copy_of(isthmus::native_handle_type handle) {
  const int copy = fcntl(handle, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "fcntl");
  return copy;
}

bool threads_can_unwind() noexcept {
  return ::dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NOLOAD) != nullptr &&
         ::dlopen("libunwind.so.1", RTLD_LAZY | RTLD_NOLOAD) == nullptr;
}

std::chrono::milliseconds timer_tick() noexcept { return {}; }

int repetitions(int wanted) noexcept {
  return std::max(1, static_cast<int>(wanted / less_factor()));
}
int turns(int wanted) noexcept { return repetitions(wanted); }

std::size_t open_handles() {
  // The one that reads the folder is among them, each time.
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t lost_handles(int) noexcept { return 0; }

void die_plainly_on_faults() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  // Sanitizers catch these to print a report.
  std::signal(SIGSEGV, SIG_DFL);
  std::signal(SIGBUS, SIG_DFL);
}

bool is_fault(int exit_code) noexcept {
  return exit_code == 128 + SIGSEGV || exit_code == 128 + SIGBUS;
}

bool is_kill(int exit_code) noexcept { return exit_code == 128 + SIGKILL; }

void exit_at_once(int code) { _exit(code); }

native_file::native_file(const std::filesystem::path& path, use how) {
  const int mode = how == use::read ? O_RDONLY : how == use::write ? O_WRONLY : O_RDWR;
  handle_ = open(path.c_str(), mode | O_CLOEXEC);
  if (handle_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
}

void native_file::close() noexcept {
  if (handle_ >= 0) ::close(handle_);
  handle_ = -1;
}

}  // namespace support
