// SPDX-License-Identifier: MIT
#include "posix/names/anchor.hpp"

#include "posix/names/bytes_apart.hpp"
#include "posix/names/death_notice.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/lifetime.hpp"
#include "posix/names/place.hpp"
#include "posix/names/refusal.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/user_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

using seam::step;

enum class removal { done, lost_race, not_possible, cannot_open };

removal not_possible(int error) noexcept {
  errno = error;
  return removal::not_possible;
}

/// Removes a dead anchor's name. `mode` is that of `fd`. Not possible: errno says why, or is 0
/// where the system has nothing against it.
removal remove_dead(const directory& dir, const char* name, int mode, const descriptor& fd,
                    struct stat& info) noexcept {
  descriptor writable;  // only such a one can claim
  if (mode == O_RDONLY) writable = open_file(dir, name, O_RDWR);
  if (mode == O_RDONLY && !writable) return removal::cannot_open;
  const int claimer = mode == O_RDONLY ? writable.get() : fd.get();
  if (const int error = claim_removal(claimer); error != 0)
    return error == EAGAIN ? removal::lost_race : not_possible(error);
  seam::at(step::open_stale_locked);
  if (!still_named(dir, name, claimer, info)) return removal::lost_race;
  seam::at(step::open_stale_checked);
  if (!S_ISREG(info.st_mode)) return not_possible(0);
  remove_bytes(claimer);
  if (const int error = remove_name(dir, name, claimer, info); error != 0)
    return not_possible(error);
  seam::at(step::open_stale_removed);
  return removal::done;
}

/// Holds what was held by others a moment ago. False: it has been removed since.
bool hold_asked(const directory& dir, const char* name, int fd, struct stat& info) noexcept {
  if (hold(fd) != 0) return false;
  seam::at(step::open_locked);
  if (!still_named(dir, name, fd, info)) return false;
  seam::at(step::open_checked);
  return true;
}

found why_not_open(const directory& dir, const char* name, failure& why) {
  if (errno == ENOENT) return found::absent;
  explain(dir, name, errno, why);
  return found::failed;
}

/// The end of the last holder: it has the claim, and removes the name unless that has gone.
void remove_claimed(const directory& dir, const char* name, int fd) noexcept {
  struct stat info {};
  seam::at(step::close_locked);
  if (!still_named(dir, name, fd, info)) return;
  seam::at(step::close_checked);
  remove_bytes(fd);
  (void)remove_name(dir, name, fd, info);
  seam::at(step::close_removed);
}

bool damaged_anchor(failure& why, const char* what) {
  why.set(errc::damaged, fmt::format("what is there is not a sound object ({}); when nobody uses "
                                     "it, isthmus::clean() removes it",
                                     what));
  return false;
}

bool sound_sizes(const anchor_header& header) noexcept {
  constexpr std::uint32_t of_sections = anchor_reserve | anchor_file | anchor_apart;
  if ((header.flags & ~(of_sections | anchor_global)) != 0) return false;
  if (header.kind != kind::section)
    return header.before == page_size() && header.size == 0 && (header.flags & of_sections) == 0;
  if ((header.flags & anchor_file) != 0) return header.before == page_size();
  if ((header.flags & anchor_apart) == 0) return header.size != 0 && header.before == header.size;
  return bytes_apart && header.size != 0 && header.before == 0 && header.name_length != 0;
}

}  // namespace

void no_turn(const directory& dir, int error, failure& why) {
  if (error != EAGAIN) return refused(error, dir.base, dir.fd.get(), why);
  why.set(
      errc::busy,
      "another process has stopped while it worked on this name; try again, or let that process "
      "go on");
}

found open_anchor(const directory& dir, const char* name, int mode, descriptor& fd,
                  struct stat& info, failure& why) {
  for (back_off pause;; pause.once()) {
    if (pause.too_long()) {
      no_turn(dir, EAGAIN, why);
      return found::failed;
    }
    fd.reset();
    fd = open_file(dir, name, mode);
    if (!fd) return why_not_open(dir, name, why);
    seam::at(step::open_file_opened);
    const life state = ask(fd.get());
    const int unknown = errno;
    seam::at(step::open_lock_asked);
    if (state == life::held && hold_asked(dir, name, fd.get(), info)) return found::held;
    if (state == life::dead) {
      const removal result = remove_dead(dir, name, mode, fd, info);
      if (result == removal::done) return found::absent;
      // Who may only read cannot remove it, and sees that it is dead all the same.
      if (result == removal::cannot_open && dir.where == scope::global && errno == EACCES)
        return found::absent;
      if (result == removal::cannot_open && errno != ENOENT) return why_not_open(dir, name, why);
      if (result == removal::not_possible && errno != 0)
        refused(errno, dir.base, dir.fd.get(), why);
      else if (result == removal::not_possible)
        damaged_anchor(why, "it cannot be removed");
    }
    if (state == life::unknown) refused(unknown, dir.base, dir.fd.get(), why);
    if (why) return found::failed;
  }
}

bool read_header(int fd, const struct stat& info, anchor_header& header, failure& why) {
  const auto size = static_cast<std::uint64_t>(info.st_size);
  // Memory without a name is of no sort at all on some systems.
  if ((info.st_mode & S_IFMT) != 0 && !S_ISREG(info.st_mode))
    return damaged_anchor(why, "not a regular file");
  if (size < page_size() || size % page_size() != 0) return damaged_anchor(why, "its size");
  const auto got = read_memory(fd, &header, sizeof header, size - page_size());
  if (got < 0) return fail_with(errno, why), false;
  if (got != static_cast<ssize_t>(sizeof header) || header.magic != anchor_magic)
    return damaged_anchor(why, "no header");
  if (header.version != layout_version) {
    why.set(errc::incompatible_version,
            fmt::format("the object has layout {}, this isthmus uses layout {}; use the same "
                        "version on both sides",
                        header.version, layout_version));
    return false;
  }
  if (header.name_length > max_name_length || header.before != size - page_size() ||
      header.path_length >= page_size())
    return damaged_anchor(why, "its header");
  return true;
}

bool check_header(const anchor_header& header, std::string_view name, detail::kind wanted,
                  failure& why) {
  if (name != std::string_view(header.name.data(), header.name_length))
    return damaged_anchor(why, "it has another name");
  if (header.kind == wanted) {
    return sound_sizes(header) || damaged_anchor(why, "its sizes");
  }
  why.set(errc::wrong_kind);
  return false;
}

bool is_abroad(const anchor_header& header) noexcept {
  const std::uint64_t ours = header.user_space == 0 ? 0 : user_space();
  return ours != 0 && ours != header.user_space;
}

namespace {

enum class left_to { nobody, others };

/// By what kept us from claiming the removal.
left_to whose(int error) noexcept { return error == EAGAIN ? left_to::others : left_to::nobody; }

/// With a turn at the name. Where that is left to others, `fd` can be tried once more with a plain
/// `how`.
left_to leave_in_turn(const directory& dir, const char* name, descriptor& fd,
                      leaving how) noexcept {
  if (!how.shared && !how.read_only) {
    // Letting go before claiming makes two simultaneous closers safe: the later one gets the claim.
    // Where we are likely alone, one step less is tried first.
    if (!how.probably_last || claim_removal(fd.get()) != 0) {
      let_go(fd.get());
      seam::at(step::close_unlocked);
      if (const int error = claim_removal(fd.get()); error != 0) return whose(error);
    }
    remove_claimed(dir, name, fd.get());
    return left_to::nobody;
  }
  // Our lock may be our child's as well, or cannot become a claim: ask through the name.
  struct stat ours {};
  struct stat info {};
  if (::fstat(fd.get(), &ours) != 0) return left_to::nobody;
  if (!how.shared) let_go(fd.get());
  fd.reset();
  seam::at(step::close_unlocked);
  fd = open_file(dir, name, O_RDWR);
  seam::at(step::close_reopened);
  if (!fd || ::fstat(fd.get(), &info) != 0 || info.st_ino != ours.st_ino ||
      info.st_dev != ours.st_dev)
    return left_to::nobody;
  if (const int error = claim_removal(fd.get()); error != 0) return whose(error);
  remove_claimed(dir, name, fd.get());
  return left_to::nobody;
}

}  // namespace

bool leave_anchor(const directory& dir, const char* name, descriptor fd, leaving how) noexcept {
  const std::chrono::nanoseconds moment = latest_death.left();
  for (back_off pause(moment);; pause.once(), how = {}) {
    const turn ours(dir, name);
    if (ours.error() != 0) {
      // Whether we are the last cannot be asked. At worst that leaves a dead name.
      if (!how.shared) let_go(fd.get());
      return false;
    }
    if (leave_in_turn(dir, name, fd, how) == left_to::nobody) return true;
    if (moment == moment.zero() || pause.too_long()) return false;
  }
}

std::optional<std::uint64_t> remove_if_dead(const directory& dir, const char* name, cleaning what,
                                            patience& how, int& error) noexcept {
  const turn ours(dir, name, how);
  if (ours.error() == EAGAIN) how = patience::none;
  if (ours.error() != 0) {
    if (is_shortage(ours.error())) error = ours.error();
    return std::nullopt;
  }
  struct stat info {};
  const descriptor fd = open_file(dir, name, O_RDWR);
  const life state = fd ? ask(fd.get()) : life::unknown;
  if (state == life::unknown && is_shortage(errno)) error = errno;
  if (state != life::dead) return std::nullopt;
  const std::uint64_t memory = memory_of(fd.get());
  const bool done = what == cleaning::only_count
                        ? still_named(dir, name, fd.get(), info)
                        : remove_dead(dir, name, O_RDWR, fd, info) == removal::done;
  return done ? std::optional(memory) : std::nullopt;
}

std::uint64_t page_size() noexcept {
  static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace isthmus::detail
