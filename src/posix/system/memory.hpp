// SPDX-License-Identifier: MIT
#pragma once

#include "failure.hpp"
#include "posix/system/descriptor.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace isthmus::detail {

/// A new file in memory without any name, for unnamed objects, with this mode; errno on failure.
descriptor make_memory(mode_t mode) noexcept;

/// Nobody may change its size any more, where the system can promise that.
void seal_memory(int fd) noexcept;

/// Whether a descriptor is of memory at all, and not of a file that somebody else serves or keeps
/// on a disk. Asks nobody but the kernel. True where the system does not tell.
bool is_memory(int fd) noexcept;
/// Whether it is of memory that was sealed so. True where the system cannot seal.
bool is_sealed(int fd) noexcept;

/// Opens again what a descriptor refers to, with another mode: a description of its own. Where the
/// system cannot, a copy of the descriptor: then the mode is the library's to mind.
descriptor open_again(int fd, int mode) noexcept;
/// Whether open_again() failed with this error because the way there is missing (no /proc), or
/// because the file's mode is not for us; a descriptor as it is does as well, then.
bool cannot_open_again(int error) noexcept;
/// What to say of such an error; `purpose` is a verb with what belongs to it. Sets `why`.
void explain_open_again(int error, std::string_view purpose, failure& why);

/// As pread and pwrite do, also with objects in memory that cannot be read and written so.
ssize_t read_memory(int fd, void* data, std::size_t size, std::uint64_t place) noexcept;
ssize_t write_memory(int fd, const void* data, std::size_t size, std::uint64_t place) noexcept;

/// As mmap does, at exactly this address; nothing is ever replaced. MAP_FAILED and errno on
/// failure: EEXIST where something is there already, EFAULT where no program can have anything.
void* map_exactly(void* address, std::size_t length, int protection, int sharing, int fd,
                  std::uint64_t offset) noexcept;

/// Takes the room of a part of a file, which grows if need be: 0 or an error number.
int allocate(int fd, std::uint64_t offset, std::uint64_t bytes) noexcept;

}  // namespace isthmus::detail
