// SPDX-License-Identifier: MIT
//
// Files that are to become sections.
#pragma once

#include <isthmus/access.hpp>

#include "failure.hpp"
#include "win32/handle.hpp"

#include <cstdint>
#include <filesystem>

namespace isthmus::detail {

/// Opens a file for a section with these pages, and keeps nobody else from it.
[[nodiscard]] unique_handle open_file(const std::filesystem::path& path, access pages,
                                      failure& why);

/// Checks that a section of `size` bytes (0: all) can be made of the file. What the system reports
/// as a lack of memory, or reports on some systems only, is found here (SEC-07, 09, 12, 22).
[[nodiscard]] bool check_file(HANDLE file, std::uint64_t size, access pages, failure& why);

}  // namespace isthmus::detail
