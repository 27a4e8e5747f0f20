// SPDX-License-Identifier: MIT
#include "../file.hpp"

#include "../../posix/system/retry.hpp"
#include "../error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>

namespace isthmus::veneer {
namespace {

using detail::retry;

/// How a folder is opened for the sake of an entry alone.
#ifdef O_PATH
constexpr int folder_flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
#else
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif

DWORD number_of_errno(int error) noexcept {
  switch (error) {
    case ENOTDIR:
    case ELOOP:
      return ERROR_PATH_NOT_FOUND;
    case EISDIR:
    case EPERM:
      return ERROR_ACCESS_DENIED;
    case EROFS:
      return ERROR_WRITE_PROTECT;
    case EBADF:
      return ERROR_INVALID_HANDLE;
    case ESPIPE:
      return ERROR_SEEK;
    case EPIPE:
      return ERROR_BROKEN_PIPE;
    case ETXTBSY:
      return ERROR_SHARING_VIOLATION;
    case EDQUOT:
      return ERROR_DISK_FULL;
    case ENOMEM:
      return ERROR_NOT_ENOUGH_MEMORY;
    case EFAULT:
      return ERROR_NOACCESS;
    default:
      return number_of(
          std::error_code(error, std::system_category()),
          {{errc::already_exists, ERROR_FILE_EXISTS}, {errc::no_space, ERROR_DISK_FULL}});
  }
}

/// Whether a call on a descriptor that does not block is to be made again, when it can be.
bool try_again(native_handle_type fd, short events) noexcept {
  if (errno != EAGAIN) return false;
  pollfd one{fd, events, 0};
  return retry([&] { return ::poll(&one, 1, -1); }) == 1;
}

/// Which of the two it is that is missing.
DWORD number_of_missing(const std::string& path) noexcept {
  const auto slash = path.rfind('/');
  if (path.empty()) return ERROR_PATH_NOT_FOUND;
  if (slash == std::string::npos || slash == 0) return ERROR_FILE_NOT_FOUND;
  struct stat info {};
  const bool there = ::stat(path.substr(0, slash).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  return there ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND;
}

bool truncates(DWORD disposition) noexcept {
  return disposition == CREATE_ALWAYS || disposition == TRUNCATE_EXISTING;
}

int opening_flags(const opening& how) noexcept {
  const bool reads = (how.rights & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
  const bool appends = (how.rights & FILE_APPEND_DATA) != 0;
  const bool writes = (how.rights & FILE_WRITE_DATA) != 0 || truncates(how.disposition);
  const int mode = !writes && !appends ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  return mode | O_CLOEXEC | O_NOCTTY | (appends && !writes ? O_APPEND : 0) |
         ((how.flags & FILE_FLAG_WRITE_THROUGH) != 0 ? O_SYNC : 0);
}

/// Opens what is there or makes it, and tells which; -1 and errno.
int open_or_make(const opening& how, bool& was_there) {
  const int flags = opening_flags(how);
  const mode_t mode = (how.flags & FILE_ATTRIBUTE_READONLY) != 0 ? 0444 : 0666;
  const auto open = [&](int more) {
    return retry([&] { return ::open(how.path.c_str(), flags | more, mode); });
  };
  was_there = how.disposition != CREATE_NEW;
  if (how.disposition == CREATE_NEW) return open(O_CREAT | O_EXCL);
  const bool makes = how.disposition == CREATE_ALWAYS || how.disposition == OPEN_ALWAYS;
  for (int tries = 0;; ++tries) {
    int fd = open(0);
    if (fd != -1 || errno != ENOENT || !makes) return fd;
    // Somebody may make it meanwhile; but a link to nothing is there and not there for ever.
    const bool alone = tries < 8;
    fd = open(alone ? O_CREAT | O_EXCL : O_CREAT);
    if (fd != -1) was_there = false;
    if (fd != -1 || errno != EEXIST) return fd;
  }
}

}  // namespace

DWORD look_at(native_handle_type fd, file_facts& facts) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return number_of_errno(errno);
  facts.kind = S_ISREG(info.st_mode)   ? file_kind::plain
               : S_ISDIR(info.st_mode) ? file_kind::folder
                                       : file_kind::stream;
  facts.size = facts.kind == file_kind::plain ? static_cast<std::uint64_t>(info.st_size) : 0;
  return ERROR_SUCCESS;
}

DWORD rights_of_mode(native_handle_type fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  const int mode = flags & O_ACCMODE;
  if (flags == -1) return 0;
  return (mode != O_WRONLY ? FILE_GENERIC_READ : 0) | (mode != O_RDONLY ? FILE_GENERIC_WRITE : 0);
}

DWORD open_file(const opening& how, kept_descriptor& made, bool& was_there) {
  if (how.path.empty()) return ERROR_PATH_NOT_FOUND;
  auto opened = kept_descriptor::own(open_or_make(how, was_there));
  // A copy has a number that no standard stream has: what is printed must not land in the file.
  if (opened && opened.get() <= STDERR_FILENO) opened = kept_descriptor(opened.get());
  if (!opened) return errno == ENOENT ? number_of_missing(how.path) : number_of_errno(errno);
  const int fd = opened.get();
  file_facts facts;
  if (const DWORD error = look_at(fd, facts)) return error;
  if (facts.kind == file_kind::folder && (how.flags & FILE_FLAG_BACKUP_SEMANTICS) == 0)
    return ERROR_ACCESS_DENIED;
  if (was_there && truncates(how.disposition) && facts.kind == file_kind::plain)
    if (const DWORD error = set_size(fd, 0)) return error;
  made = std::move(opened);
  return ERROR_SUCCESS;
}

constexpr std::size_t largest_part = std::size_t{1}
                                     << 30;  // no system takes more at once for granted

DWORD read_file(native_handle_type fd, void* to, std::size_t bytes, const std::uint64_t* place,
                std::size_t& done) noexcept {
  done = 0;
  for (;;) {
    auto* const next = static_cast<std::byte*>(to) + done;
    const std::size_t part = std::min(bytes - done, largest_part);
    const auto got = retry([&] {
      return place != nullptr ? ::pread(fd, next, part, static_cast<off_t>(*place + done))
                              : ::read(fd, next, part);
    });
    if (got < 0 && errno == ESPIPE && place != nullptr) {  // a pipe has no places
      place = nullptr;
      continue;
    }
    if (got < 0 && try_again(fd, POLLIN)) continue;
    if (got < 0) return number_of_errno(errno);
    done += static_cast<std::size_t>(got);
    if (static_cast<std::size_t>(got) < part || done == bytes) break;
  }
  if (place != nullptr) ::lseek(fd, static_cast<off_t>(*place + done), SEEK_SET);
  struct stat info {};
  const bool ended = bytes != 0 && done == 0 && ::fstat(fd, &info) == 0;
  return ended && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode)) ? ERROR_BROKEN_PIPE
                                                                     : ERROR_SUCCESS;
}

DWORD write_file(native_handle_type fd, const void* from, std::size_t bytes,
                 const std::uint64_t* place, std::size_t& done) noexcept {
  done = 0;
  std::uint64_t end = 0;
  if (place != nullptr && *place == std::numeric_limits<std::uint64_t>::max()) {  // append
    const off_t size = ::lseek(fd, 0, SEEK_END);
    end = static_cast<std::uint64_t>(size);
    place = size >= 0 ? &end : nullptr;
  }
  while (done < bytes) {
    const auto* const next = static_cast<const std::byte*>(from) + done;
    const std::size_t part = std::min(bytes - done, largest_part);
    const auto put = retry([&] {
      return place != nullptr ? ::pwrite(fd, next, part, static_cast<off_t>(*place + done))
                              : ::write(fd, next, part);
    });
    if (put < 0 && errno == ESPIPE && place != nullptr)
      place = nullptr;
    else if (put < 0 && try_again(fd, POLLOUT))
      continue;
    else if (put <= 0)
      return put < 0 ? number_of_errno(errno) : DWORD{ERROR_WRITE_FAULT};
    else
      done += static_cast<std::size_t>(put);
  }
  if (place != nullptr) ::lseek(fd, static_cast<off_t>(*place + done), SEEK_SET);
  return ERROR_SUCCESS;
}

DWORD move_place(native_handle_type fd, std::int64_t distance, DWORD whence,
                 std::uint64_t& place) noexcept {
  const int from = whence == FILE_BEGIN ? SEEK_SET : whence == FILE_CURRENT ? SEEK_CUR : SEEK_END;
  if (distance > std::numeric_limits<off_t>::max()) return ERROR_INVALID_PARAMETER;
  const off_t now = ::lseek(fd, static_cast<off_t>(distance), from);
  if (now < 0 && errno == EINVAL)
    return distance < 0 ? ERROR_NEGATIVE_SEEK : ERROR_INVALID_PARAMETER;
  if (now < 0) return number_of_errno(errno);
  place = static_cast<std::uint64_t>(now);
  return ERROR_SUCCESS;
}

DWORD set_size(native_handle_type fd, std::uint64_t size) noexcept {
  file_facts facts;
  if (const DWORD error = look_at(fd, facts)) return error;
  if (size < facts.size && is_mapped(fd)) return ERROR_USER_MAPPED_FILE;
  return retry([&] { return ::ftruncate(fd, static_cast<off_t>(size)); }) == 0
             ? ERROR_SUCCESS
             : number_of_errno(errno);
}

DWORD write_out(native_handle_type fd) noexcept {
  if (retry([&] { return ::fsync(fd); }) == 0) return ERROR_SUCCESS;
  return errno == EINVAL ? ERROR_SUCCESS : number_of_errno(errno);  // a pipe holds nothing back
}

DWORD delete_file(const std::string& path) noexcept {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return ERROR_ACCESS_DENIED;
  if (::unlink(path.c_str()) == 0) return ERROR_SUCCESS;
  return errno == ENOENT ? number_of_missing(path) : number_of_errno(errno);
}

kept_descriptor standard_stream(unsigned which) noexcept {
  return kept_descriptor(static_cast<native_handle_type>(which));
}

parting::parting(const std::string& path, const file_id& file)
    : path_(std::filesystem::absolute(path).string()), file_(file), process_(::getpid()) {}

parting::~parting() {
  if (::getpid() != process_) return;
  // The folder is opened once: were it exchanged in between, another file of that name would go.
  const auto name = path_.rfind('/') + 1;  // it is absolute
  const auto folder = kept_descriptor::own(::open(path_.substr(0, name).c_str(), folder_flags));
  struct stat info {};
  if (!folder || ::fstatat(folder.get(), path_.c_str() + name, &info, 0) != 0) return;
  const file_id there = {static_cast<std::uint64_t>(info.st_dev),
                         static_cast<std::uint64_t>(info.st_ino)};
  if (there == file_) ::unlinkat(folder.get(), path_.c_str() + name, 0);
}

}  // namespace isthmus::veneer
