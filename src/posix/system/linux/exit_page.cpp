// SPDX-License-Identifier: MIT
#include "posix/system/linux/exit_page.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>
#include <new>
#include <string_view>

namespace isthmus::detail {
namespace {

constexpr char page_name[] = "isthmus-exit-code";
constexpr std::string_view shown_page_name = "/memfd:isthmus-exit-code (deleted)";

/// The descriptor has a high number, so that programs find the low ones free, but one for which the
/// kernel need not enlarge its table.
constexpr int first_number = 60;
constexpr int numbers_to_try = 4;

// What this process's page is: a program may have closed the descriptor and given its number away.
int own_descriptor = -1;
dev_t own_device = 0;
ino_t own_inode = 0;

using short_path = std::array<char, 40>;

bool is_page_by_name(int folder, const char* number) noexcept {
  std::array<char, shown_page_name.size() + 1> target{};
  const auto length = ::readlinkat(folder, number, target.data(), target.size());
  return length > 0 &&
         std::string_view(target.data(), static_cast<std::size_t>(length)) == shown_page_name;
}

/// Opens it once more, and nothing else than a file in memory of the right size that keeps it.
descriptor open_page(int folder, const char* number, bool writable) noexcept {
  if (!is_page_by_name(folder, number)) return {};
  const descriptor seen(::openat(folder, number, O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!seen || ::fstat(seen.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_dev != own_device || info.st_size != exit_page_size)
    return {};
  short_path path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", seen.get());
  descriptor opened(::open(path.data(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
  const int seals = opened ? ::fcntl(opened.get(), F_GET_SEALS) : 0;
  if (seals == -1 || (seals & F_SEAL_SHRINK) == 0) return {};
  return opened;
}

descriptor find_page(pid_t process, bool writable) noexcept {
  short_path path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/fd", static_cast<int>(process));
  const descriptor folder(::open(path.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  descriptor found;
  if (!folder) return found;
  for (int i = first_number; i < first_number + numbers_to_try && !found; ++i) {
    short_path number{};
    std::snprintf(number.data(), number.size(), "%d", i);
    found = open_page(folder.get(), number.data(), writable);
  }
  if (!found)
    // Where the list cannot be read to its end, there is no page that we know of.
    (void)for_each_entry(folder.get(), std::numeric_limits<int>::max(), [&](const char* number) {
      if (!found) found = open_page(folder.get(), number, writable);
    });
  return found;
}

void* map_whole(int fd, bool writable) noexcept {
  void* const page = ::mmap(nullptr, exit_page_size, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                            MAP_SHARED, fd, 0);
  return page != MAP_FAILED ? page : nullptr;
}

/// To enlarge a file beyond this limit would end the program by a signal.
bool size_is_allowed() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
         (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= exit_page_size);
}

}  // namespace

exit_page* map_exit_page_of(pid_t process, bool writable) noexcept {
  if (own_descriptor == -1) return nullptr;
  const descriptor fd = find_page(process, writable);
  auto* const page = fd ? static_cast<exit_page*>(map_whole(fd.get(), writable)) : nullptr;
  if (page == nullptr || page->mark == exit_page::sign) return page;
  unmap_exit_page(page);
  return nullptr;
}

void unmap_exit_page(const void* page) noexcept {
  if (page != nullptr) ::munmap(const_cast<void*>(page), exit_page_size);
}

exit_page* make_exit_page() noexcept {
  if (!size_is_allowed()) return nullptr;
  descriptor fd(::memfd_create(page_name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  struct stat info {};
  if (!fd || ::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::ftruncate(fd.get(), exit_page_size) != 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
      ::fstat(fd.get(), &info) != 0)
    return nullptr;
  if (const int high = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, first_number); high != -1)
    fd = descriptor(high);
  void* const memory = map_whole(fd.get(), true);
  if (memory == nullptr) return nullptr;
  auto* const page = static_cast<exit_page*>(memory);
  page->process.store(static_cast<std::uint32_t>(::getpid()), std::memory_order_relaxed);
  page->mark = exit_page::sign;
  own_descriptor = fd.release();
  own_device = info.st_dev;
  own_inode = info.st_ino;
  return page;
}

void drop_exit_page(exit_page* page) noexcept {
  unmap_exit_page(page);
  struct stat info {};
  if (own_descriptor != -1 && ::fstat(own_descriptor, &info) == 0 && info.st_dev == own_device &&
      info.st_ino == own_inode)
    ::close(own_descriptor);
  own_descriptor = -1;
}

bool read_process_note(pid_t process, process_note_of_kernel& note) noexcept {
  short_path path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", static_cast<int>(process));
  const descriptor fd(::open(path.data(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> text{};
  const auto length = fd ? retry([&] { return ::read(fd.get(), text.data(), text.size()); }) : -1;
  if (length <= 0) return false;
  std::string_view rest(text.data(), static_cast<std::size_t>(length));
  const auto name_end = rest.rfind(')');  // the name may have anything in it
  if (name_end == rest.npos) return false;
  rest.remove_prefix(name_end + 1);
  constexpr int state = 3;
  constexpr int start = 22;
  constexpr int status = 52;
  for (int field = state; field <= status; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) return false;
    const auto word = rest.substr(0, rest.find_first_of(" \n"));
    const char* const end = word.data() + word.size();
    if (field == state) note.state = word.front();
    if (field == start) std::from_chars(word.data(), end, note.start);
    if (field == status) std::from_chars(word.data(), end, note.status);
    rest.remove_prefix(word.size());
  }
  return true;
}

}  // namespace isthmus::detail
