// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <vector>

namespace bench {
namespace {

/// The CPUs that the program could use when it was started.
const std::vector<int>& cpus() {
  static const auto found = [] {
    cpu_set_t set;
    std::vector<int> numbers;
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return numbers;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &set)) numbers.push_back(cpu);
    return numbers;
  }();
  return found;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  return "CPU of unknown make";
}

void use(const std::vector<int>& these) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : these) CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    throw std::system_error(errno, std::system_category(), "sched_setaffinity");
}

}  // namespace

std::uint32_t process_id() noexcept { return static_cast<std::uint32_t>(::getpid()); }

void keep_to_cpu(std::size_t which) {
  if (!cpus().empty()) use({cpus()[which % cpus().size()]});
}

void use_all_cpus() {
  if (!cpus().empty()) use(cpus());
}

std::string machine_text() {
  struct utsname system {};
  ::uname(&system);
  double load = 0;
  ::getloadavg(&load, 1);
  return fmt::format("{} × {} (load {:.1f}), {} {} {}", cpus().size(), cpu_model(), load,
                     system.sysname, system.release, system.machine);
}

std::string c_library_text() {
  std::array<char, 64> text{};
  return ::confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size()) != 0 ? text.data() : "C library";
}

}  // namespace bench
