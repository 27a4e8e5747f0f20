// SPDX-License-Identifier: MIT
//
// The system keeps the objects itself, so there is little that could be amiss.
#include "../doctor.hpp"

#include "../units.hpp"

#include <windows.h>

#include <fmt/format.h>

namespace tool {

std::vector<finding> examine(const isthmus::system_report&) {
  std::vector<finding> all;
  MEMORYSTATUSEX memory{};
  memory.dwLength = sizeof memory;
  if (::GlobalMemoryStatusEx(&memory) != 0) {
    const bool low = memory.ullAvailPageFile < (1u << 26);
    all.push_back(
        {low ? health::problem : health::fine,
         fmt::format("memory that can still be committed: {} of {}",
                     size_text(memory.ullAvailPageFile), size_text(memory.ullTotalPageFile)),
         low ? "close programs, or make the paging file larger" : ""});
  }
  return all;
}

}  // namespace tool
