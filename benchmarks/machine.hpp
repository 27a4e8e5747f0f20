// SPDX-License-Identifier: MIT
//
// What the measures need of the machine and tell about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

std::uint32_t process_id() noexcept;

/// Where all is measured that needs one CPU only; the first one has the system's own work.
inline constexpr std::size_t measuring_cpu = 1;

/// Keeps this thread, and processes it starts, to one of the CPUs that the program may use.
void keep_to_cpu(std::size_t which);
/// Takes that back.
void use_all_cpus();

/// For example "2 × Intel(R) Xeon(R) Processor (load 0.5), Linux 6.1.0".
std::string machine_text();

/// For example "glibc 2.36".
std::string c_library_text();

}  // namespace bench
