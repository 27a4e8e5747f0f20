// SPDX-License-Identifier: MIT
#include "posix/names/session_directory.hpp"

#include "posix/names/refusal.hpp"
#include "posix/names/session_wish.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/random.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;

constexpr int session_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr auto patience_with_makers = 2s;
constexpr int most_session_names = 16;

bool means_name_taken(int error) noexcept {
  return error == EEXIST || error == ENOTEMPTY || error == ENOTDIR || error == EISDIR ||
         error == EPERM || error == EACCES;
}

/// Gives the wish the directory's name: 0 or an error number.
int give_session_name(const session_place& where, session_wish& mine) {
  int error = EEXIST;
  for (int tried = 0; tried < most_session_names && means_name_taken(error); ++tried)
    error = mine.become(fmt::format("{}{}", where.stem(), tried == 0 ? 0 : random_number()));
  return error;
}

enum class making { done, again, failed };

/// One attempt to be the one who makes it. Done: there is one.
making try_to_make(const session_place& where, back_off& pause, int& error) {
  const auto look = [&](session_sighting& seen) { return (error = look_around(where, seen)) == 0; };
  const auto anybody = [&](const std::vector<std::string>& wishes) {
    return std::any_of(wishes.begin(), wishes.end(),
                       [&](const std::string& one) { return lives(where, one); });
  };
  session_sighting seen;
  if (!look(seen)) return making::failed;
  if (!seen.session.empty()) return making::done;
  if (anybody(seen.wishes)) return making::again;
  session_wish mine(where);
  error = mine.make();
  if (error == ENOENT && where.is_there()) return making::again;
  if (error != 0 || !look(seen)) return making::failed;
  if (!seen.session.empty()) return making::done;
  const auto mid = std::partition(seen.wishes.begin(), seen.wishes.end(),
                                  [&](const std::string& one) { return one < mine.entry(); });
  if (std::any_of(seen.wishes.begin(), mid,
                  [&](const std::string& one) { return lives(where, one); }))
    return making::again;
  for (auto one = mid; one != seen.wishes.end(); ++one)
    while (*one != mine.entry() && lives(where, *one)) {
      if (pause.too_long()) return making::again;
      pause.once();
    }
  if (!look(seen)) return making::failed;
  if (!seen.session.empty()) return making::done;
  seam::at(step::session_alone);
  error = give_session_name(where, mine);
  return error == 0 ? making::done : error == ENOENT ? making::again : making::failed;
}

/// Makes it, or waits until another process has.
bool make_session(const session_place& where, const std::string& base, failure& why) {
  for (back_off pause(patience_with_makers);; pause.once()) {
    if (pause.too_long()) {
      why.set(errc::busy,
              fmt::format("another process of user {} has stopped while it made the directory "
                          "{}/{}0; let it go on, or end it",
                          where.user, base, where.stem()));
      return false;
    }
    int error = 0;
    switch (try_to_make(where, pause, error)) {
      case making::done:
        return true;
      case making::again:
        continue;
      case making::failed:
        refused(error, base, where.base, why);
        return false;
    }
  }
}

/// Opens an entry that may be ours. nullptr without failure: it is not.
std::shared_ptr<directory> open_own_entry(const std::string& base, std::string_view entry,
                                          std::uint32_t user, failure& why) {
  auto dir = std::make_shared<directory>();
  dir->path = fmt::format("{}/{}", base, entry);
  dir->base = base;
  dir->user = user;
  dir->fd = descriptor(::open(dir->path.c_str(), session_flags));
  struct stat info {};
  if (!dir->fd) {
    if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR && errno != EACCES)
      refused(errno, base, -1, why);
    return nullptr;
  }
  if (::fstat(dir->fd.get(), &info) != 0) {
    fail_with(errno, why);
    return nullptr;
  }
  if (info.st_uid != user || info.st_nlink == 0) return nullptr;
  if ((info.st_mode & 077) == 0) return dir;
  why.set(errc::untrusted,
          fmt::format("{} is open to other users, who may have planted something in it; look into "
                      "it, then remove it or chmod it to 0700",
                      dir->path));
  return nullptr;
}

}  // namespace

std::shared_ptr<directory> open_session(const std::string& base, failure& why) {
  session_place where{-1, ::geteuid()};
  const std::string usual = where.stem() + "0";
  // As a rule that is it, and nothing needs to be listed.
  auto dir = open_own_entry(base, usual, where.user, why);
  if (dir || why) return dir;
  const descriptor folder(::open(base.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    refused(errno, base, -1, why);
    return nullptr;
  }
  where.base = folder.get();
  for (back_off pause(patience_with_makers); !pause.too_long(); pause.once()) {
    session_sighting seen;
    if (const int error = look_around(where, seen); error != 0) {
      refused(error, base, where.base, why);
      return nullptr;
    }
    if (seen.session.empty()) {
      if (!make_session(where, base, why)) return nullptr;
      continue;
    }
    dir = open_own_entry(base, seen.session, where.user, why);
    if (dir || why) return dir;
    if (where.is_ours(seen.session.c_str())) {
      why.set(errc::access_denied,
              fmt::format("{}/{} cannot be opened by its own user; chmod it to 0700", base,
                          seen.session));
      return nullptr;
    }
  }
  why.set(errc::busy, fmt::format("somebody keeps taking {}/{}0 away", base, where.stem()));
  return nullptr;
}

void sweep_wishes(const directory& session) noexcept {
  const descriptor base(::open(session.base.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!base) return;
  const session_place where{base.get(), session.user};
  try {
    session_sighting seen;
    if (look_around(where, seen) != 0) return;
    for (const std::string& one : seen.wishes) lives(where, one);
    const std::string stem = where.temporary_stem();
    // A living maker whose directory is swept makes another.
    (void)for_each_entry(where.base, std::numeric_limits<int>::max(), [&](const char* name) {
      if (std::string_view(name).starts_with(stem) && where.is_ours(name))
        ::unlinkat(where.base, name, AT_REMOVEDIR);
    });
  } catch (const std::bad_alloc&) {
    return;  // they do no harm
  }
}

}  // namespace isthmus::detail
