// SPDX-License-Identifier: MIT
//
// Room for bytes: asked for and taken at creation, so that it cannot run out later (SEC-19). All
// failures are no_space, with figures.
#pragma once

#include "failure.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace isthmus::detail {

/// Whether `bytes` more could be had: the process's file-size limit (which would kill by a signal),
/// and for more than 1 MiB the file system's room and the memory of machine and control group
/// (whose shortage would kill as well). `fd` is of the file system in question; `where` is for the
/// message.
bool check_space(int fd, std::uint64_t file_end, std::uint64_t bytes, std::string_view where,
                 failure& why);

/// Only the file-size limit.
bool check_size_limit(std::uint64_t file_end, failure& why);

/// Takes the room of a part of a file.
bool take_space(int fd, std::uint64_t offset, std::uint64_t bytes, std::string_view where,
                failure& why);

/// Sets a file's size without taking room.
bool set_size(int fd, std::uint64_t bytes, std::string_view where, failure& why);

/// The kernel's part: bytes of memory that a process of this control group could still use; absent
/// where the system does not tell.
std::optional<std::uint64_t> memory_left();

}  // namespace isthmus::detail
