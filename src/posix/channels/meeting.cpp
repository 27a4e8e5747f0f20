// SPDX-License-Identifier: MIT
#include "posix/channels/meeting.hpp"

#include "posix/channels/socket.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/listeners.hpp"
#include "posix/names/publish.hpp"
#include "posix/names/refusal.hpp"
#include "posix/names/turn.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/peer.hpp"
#include "posix/system/random.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace isthmus::detail {
namespace {

using seam::step;

listener_place place_of(const meeting& met) {
  return {*met.dir, met.folder.get(), met.entry.text()};
}

void stopped_remover(failure& why) {
  why.set(errc::busy,
          "another process has stopped while it worked on this name; try again, or let that "
          "process go on");
}

/// What there is under a name that could not be taken: true if it is worth another try.
bool try_again(const meeting& made, const back_off& pause, failure& why) {
  if (remove_dead_listener(made.folder.get(), made.entry.text())) return true;
  struct stat info {};
  const descriptor anchor = open_listener(place_of(made), O_RDWR, info, why);
  if (!anchor) return !why;  // gone meanwhile, or nothing to wait for
  const life state = ask(anchor.get());
  const int unknown = errno;
  if (state == life::held) {
    why.set(errc::already_exists, "there is a listener of this name already");
  } else if (state == life::unknown) {
    refused(unknown, made.dir->base, made.dir->fd.get(), why);
  } else if (pause.too_long()) {
    stopped_remover(why);
  }
  return !why;
}

bool make_folder(meeting& made, failure& why) {
  made.folder = open_listener_folder(*made.dir);
  if (!made.folder && errno == ENOENT &&
      (::mkdirat(made.dir->fd.get(), listener_folder_name, 0700) == 0 || errno == EEXIST))
    made.folder = open_listener_folder(*made.dir);
  if (made.folder) return true;
  if (errno == ENOTDIR || errno == ELOOP) {
    why.set(errc::untrusted,
            fmt::format("{} is not a directory; remove it", listener_folder(*made.dir)));
  } else if (errno != ENOENT) {
    refused(errno, made.dir->base, made.dir->fd.get(), why);
  }
  return false;
}

bool write_anchor(unpublished_file& file, const listener_header& header, const directory& dir,
                  failure& why) {
  const int fd = file.fd.get();
  if (fd < 0) {
    refused(errno, dir.base, dir.fd.get(), why);
    return false;
  }
  if (!check_size_limit(sizeof header, why)) return false;  // beyond it a signal would end us
  const auto done = retry([&] { return ::pwrite(fd, &header, sizeof header, 0); });
  if (done < 0 && errno != ENOSPC) {
    fail_with(errno, why);
  } else if (done != static_cast<ssize_t>(sizeof header)) {
    why.set_native(ENOSPC, fmt::format("no space in {}; make it larger, or use less", dir.base));
  } else if (const int error = hold(fd); error != 0) {
    refused(error, dir.base, dir.fd.get(), why);
  }
  return !why;
}

enum class taken { done, folder_lost, failed };

/// Publishes the anchor of a name, as soon as it is free.
taken take_name(const listener_header& header, meeting& made, failure& why) {
  if (!make_folder(made, why)) return why ? taken::failed : taken::folder_lost;
  sweep_some_listeners(*made.dir, made.folder.get());
  const turn ours(*made.dir, made.entry.text());
  if (ours.error() == ENOENT) return taken::folder_lost;
  if (ours.error() == EAGAIN) stopped_remover(why);
  if (ours.error() != 0 && !why) refused(ours.error(), made.dir->base, made.dir->fd.get(), why);
  if (why) return taken::failed;
  unpublished_file file = make_unpublished(made.folder.get());
  if (!file.fd && errno == ENOENT) return taken::folder_lost;
  if (!write_anchor(file, header, *made.dir, why)) {
    discard(file);
    return taken::failed;
  }
  for (back_off pause;; pause.once()) {
    const int error = publish(file, made.folder.get(), made.entry.text());
    if (error == 0) break;
    if (error == EEXIST && try_again(made, pause, why)) continue;
    if (error != EEXIST && error != ENOENT && error != cannot_be_named)
      refused(error, made.dir->base, made.dir->fd.get(), why);
    discard(file);
    return why ? taken::failed : taken::folder_lost;
  }
  made.anchor = std::move(file.fd);
  made.generation = fork_generation();
  seam::at(step::listen_published);
  return taken::done;
}

/// The anchor of a listener that may live, and which socket is its own.
bool find_listener(const meeting& place, std::string_view name, std::uint64_t& socket,
                   failure& why) {
  struct stat info {};
  listener_header header{};
  const descriptor anchor = open_listener(place_of(place), O_RDONLY, info, why);
  if (!anchor) return false;
  if (info.st_uid != place.dir->user) {
    not_a_listener(place_of(place), why);
  } else if (!read_listener(anchor.get(), header)) {
    why.set(errc::damaged,
            "what is there under this name is not a listener; when nobody uses it, "
            "isthmus::clean() removes it");
  } else if (header.version != layout_version) {
    why.set(errc::incompatible_version,
            "another version of isthmus listens there; use the same on "
            "both sides");
  } else if (name != std::string_view(header.name.data(), header.name_length)) {
    return false;  // another name with the same hash
  }
  socket = header.socket;
  return !why;
}

descriptor nobody(failure& why) {
  why.set_native(ENOENT, "there is no listener of this name");
  return {};
}

/// Whoever listens must be whom the name belongs to.
bool check_peer(int socket, const directory& dir, failure& why) {
  const auto peer = peer_of_socket(socket);
  if (!peer) {
    fail_with(errno, why);
  } else if (peer->user != dir.user) {
    why.set(errc::untrusted, fmt::format("user {} listens under this name", peer->user));
  }
  return !why;
}

bool begin_to_listen(const meeting& made, std::uint64_t number, descriptor& listening,
                     failure& why) {
  listening = make_socket(why);
  if (!listening ||
      !listen_at(listening.get(),
                 {made.folder.get(), listener_folder(*made.dir), socket_entry(number).data()}, why))
    return false;
  seam::at(step::listen_bound);
  return true;
}

}  // namespace

bool found_meeting(std::string_view name, meeting& made, descriptor& listening, failure& why) {
  const hold_off_fork gate;
  listener_header header{};
  header.magic = listener_magic;
  header.version = layout_version;
  header.name_length = static_cast<std::uint32_t>(name.size());
  header.socket = random_number();
  std::copy(name.begin(), name.end(), header.name.begin());
  made.entry = file_name(name);
  taken result = taken::folder_lost;
  // A clean() may take the empty folder away each time, and somebody all of it.
  for (back_off pause; result == taken::folder_lost && !pause.too_long(); pause.once()) {
    made.dir = directory_of(scope::session, why);
    if (!made.dir) return false;
    result = take_name(header, made, why);
    if (result == taken::folder_lost) forget_stale_directory(made.dir);
  }
  if (result == taken::folder_lost) {
    why.set(errc::busy, fmt::format("somebody keeps taking {} away", listener_folder(*made.dir)));
  }
  if (result != taken::done) return false;
  bool listens = false;
  try {
    listens = begin_to_listen(made, header.socket, listening, why);
  } catch (const std::bad_alloc&) {
    leave_meeting(made);
    throw;
  }
  if (listens) return true;
  listening.reset();
  leave_meeting(made);
  return false;
}

void leave_meeting(meeting& left) noexcept {
  const hold_off_fork gate;
  const int folder = left.folder.get();
  const char* const entry = left.entry.text();
  const turn ours(*left.dir, entry);
  if (ours.error() != 0) {
    left.anchor.reset();  // at worst that leaves a dead name
  } else if (left.generation != fork_generation()) {
    // A fork has shared the description: the hold may be the other one's as well. Ask by name.
    left.anchor.reset();
    remove_dead_listener(folder, entry);
  } else if (claim_removal(left.anchor.get()) == 0) {
    remove_claimed_listener(folder, entry, left.anchor.get());
  }
  left = {};
}

descriptor join_meeting(std::string_view name, failure& why) {
  const hold_off_fork gate;
  meeting place;
  place.entry = file_name(name);
  do {
    place.dir = directory_of(scope::session, why);
    if (!place.dir) return {};
    place.folder = open_listener_folder(*place.dir);
  } while (!place.folder && errno == ENOENT && forget_stale_directory(place.dir));
  if (!place.folder && errno != ENOENT) {
    fail_with(errno, why);
    return {};
  }
  std::uint64_t number = 0;
  if (!place.folder || !find_listener(place, name, number, why))
    return why ? descriptor() : nobody(why);
  descriptor made = make_socket(why);
  if (!made) return {};
  switch (connect_to(made.get(),
                     {place.folder.get(), listener_folder(*place.dir), socket_entry(number).data()},
                     why)) {
    case attempt::done:
      return check_peer(made.get(), *place.dir, why) ? std::move(made) : descriptor();
    case attempt::not_yet:
      why.set(errc::busy, "the listener does not keep up with accepting");
      return {};
    case attempt::closed:
      return nobody(why);
    case attempt::failed:
      break;
  }
  return {};
}

}  // namespace isthmus::detail
