// SPDX-License-Identifier: MIT
//
// How a process gets at a named object: what it has already, what lives under the name, or a new
// one. The protocol's steps are listed in anchor.hpp.
#include "posix/names/anchor.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/names/place.hpp"
#include "posix/names/sweep.hpp"
#include "posix/names/turn.hpp"
#include "posix/objects/body.hpp"
#include "posix/objects/bytes.hpp"
#include "posix/objects/prepared.hpp"
#include "posix/objects/recorded_file.hpp"
#include "posix/objects/table.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

using seam::step;

/// The path of a file-backed section's file, from the anchor's first page.
bool read_path(int fd, const anchor_header& header, object_facts& facts, failure& why) {
  if (header.path_length == 0) return true;
  facts.path.resize(header.path_length);
  const auto got = retry([&] { return ::pread(fd, facts.path.data(), facts.path.size(), 0); });
  if (got == static_cast<ssize_t>(facts.path.size())) return true;
  why.set(errc::damaged, "what is there is not a sound object (the file's path)");
  return false;
}

/// A body of a held anchor's descriptor; to be given up where that fails, or where the object has
/// lost its bytes (`gone`).
std::shared_ptr<body> body_of(std::shared_ptr<const directory> dir, std::string_view name,
                              descriptor fd, const struct stat& info, detail::kind wanted,
                              bool read_only, bool& gone, failure& why) {
  anchor_header header{};
  auto made = std::make_shared<body>();
  made->dir = std::move(dir);
  made->name = name;
  made->entry = file_name(name, made->dir->where);
  made->fd = std::move(fd);
  made->read_only = read_only;
  made->generation = fork_generation();
  if (!check_owner(*made->dir, made->entry.text(), info, why) ||
      !read_header(made->fd.get(), info, header, why))
    return made;
  made->facts = facts_of(header);
  made->facts.creator_user = info.st_uid;  // which the header cannot lie about
  if (!check_header(header, name, wanted, why) ||
      !read_path(made->fd.get(), header, made->facts, why) || !map_page(*made, made->fd.get(), why))
    return made;
  gone = open_bytes(*made, why) == bytes_state::gone;
  return made;
}

/// The body of what lives under the name, without its file. The same as below.
std::shared_ptr<body> hold_living(const std::shared_ptr<const directory>& dir,
                                  const parsed_name& name, const file_name& file,
                                  detail::kind wanted, bool read_only, struct stat& info,
                                  bool& gone, failure& why) {
  const turn ours(*dir, file.text());
  if (ours.error() != 0) {
    if (ours.error() != ENOENT) no_turn(*dir, ours.error(), why);
    return nullptr;
  }
  descriptor fd;
  const int mode = read_only ? O_RDONLY : O_RDWR;
  std::shared_ptr<body> made;
  if (open_anchor(*dir, file.text(), mode, fd, info, why) == found::held)
    made = body_of(dir, name.text, std::move(fd), info, wanted, read_only, gone, why);
  if (why) say_whose(*dir, file.text(), why);
  return made;
}

/// Finds the object that lives under the name. nullptr without failure: there is none.
std::shared_ptr<body> find_living(const std::shared_ptr<const directory>& dir,
                                  const parsed_name& name, const file_name& file,
                                  detail::kind wanted, bool read_only, bool& gone, failure& why) {
  struct stat info {};
  auto made = hold_living(dir, name, file, wanted, read_only, info, gone, why);
  if (!made || why || gone) return made;
  // It is held now, so others need not wait for their turn while its file is looked for.
  if ((made->facts.flags & anchor_file) != 0) open_file_of(*made, info, why);
  if (why) {
    say_whose(*dir, file.text(), why);
  } else {
    table_add(*made);
  }
  return made;
}

/// Looks a name up, first among what this process has. nullptr without failure: not there. A body
/// together with a failure is only to be given up.
std::shared_ptr<body> look_up(const std::shared_ptr<const directory>& dir, const parsed_name& name,
                              const file_name& file, detail::kind wanted, bool read_only,
                              failure& why) {
  if (auto known = table_find(*dir, file.view(), read_only)) {
    if (known->facts.kind != wanted) why.set(errc::wrong_kind);
    return known;
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    bool gone = false;
    auto made = find_living(dir, name, file, wanted, read_only, gone, why);
    if (!gone) return made;
    made.reset();  // it lets go of what was dead, and removes it if it was the last
  }
  why.set(errc::damaged, "its memory has been removed by force; close it wherever it is open");
  return nullptr;
}

/// Gives it its name: 0, EAGAIN, EEXIST, or another error number. It may be tried again.
int publish_in_turn(prepared_object& prepared, const directory& dir, const file_name& file,
                    mode_t mode, failure& why) {
  const turn ours(dir, file.text());
  if (ours.error() != 0) return ours.error();
  const int error = give_name(prepared.file, dir, file.text(), mode, why);
  if (error == 0) seam::at(step::create_published);
  return error;
}

/// Whether looking first pays: an existing object is found before its bytes are taken in vain.
bool worth_a_look(const blueprint& plan, verb how) noexcept {
  return how == verb::open_or_create || plan.facts.size > (1 << 20) ||
         (plan.facts.flags & (anchor_file | anchor_global)) != 0;
}

/// The directory that has come instead of one that somebody has taken away. False, and `why` as it
/// was, where it is still there; or why there is none.
bool follow(std::shared_ptr<const directory>& dir, scope where, failure& why) {
  if (!forget_stale_directory(dir)) return false;
  why.clear();
  dir = directory_of(where, why);
  return dir != nullptr;
}

/// The name could not be given: true where it is worth another try, in another directory or with
/// another file.
bool try_elsewhere(prepared_object& prepared, std::shared_ptr<const directory>& dir, int error,
                   scope where, failure& why) {
  if (error == cannot_be_named) {
    give_up(prepared);
    return true;
  }
  const auto old = dir;  // a temporary file is still taken back there
  const bool moved = error == ENOENT && follow(dir, where, why);
  if (!moved || prepared.file.temporary[0] != '\0') give_up(prepared);
  if (!moved && !why) no_turn(*old, error, why);
  return moved;
}

/// The body of what is to get its name: all that needs memory is done before that.
std::shared_ptr<body> body_for(const parsed_name& name, const file_name& file,
                               const blueprint& plan) {
  auto made = std::make_shared<body>();
  made->name = name.text;
  made->entry = file;
  made->facts = plan.facts;
  made->made_here = true;
  return made;
}

/// It has got its name.
void bring_to_life(body& made, prepared_object& prepared, std::shared_ptr<const directory> dir,
                   blueprint& plan, failure& why) {
  made.generation = fork_generation();
  made.dir = std::move(dir);
  made.fd = std::move(prepared.file.fd);
  made.bytes = std::move(prepared.bytes);
  made.file = std::move(plan.file);
  if (map_page(made, made.fd.get(), why)) table_add(made);
}

/// The loop of create and open_or_create. A body together with a failure is only to be given up.
std::shared_ptr<body> make_or_find(std::shared_ptr<const directory> dir, const parsed_name& name,
                                   verb how, blueprint& plan, bool& created, failure& why) {
  const file_name file(name.text, dir->where);
  prepared_object prepared;
  const taken_back otherwise(prepared);
  std::shared_ptr<body> made;
  bool look = worth_a_look(plan, how) || table_find(*dir, file.view(), false) != nullptr;
  for (;;) {
    if (look) {
      auto found = look_up(dir, name, file, plan.facts.kind, false, why);
      if (why || found) {
        give_up(prepared);
        if (!why && how == verb::create) why.set(errc::already_exists);
        return found;
      }
    }
    if (!prepared.file.fd && !prepare(prepared, dir, plan, name.text, why)) {
      if (why.code != errc::not_found || !follow(dir, name.where, why)) return nullptr;
      continue;
    }
    if (!made) made = body_for(name, file, plan);
    if (!own_new(*made, prepared.file.fd.get(), plan, why)) return nullptr;
    const int error = publish_in_turn(prepared, *dir, file, plan.file_mode, why);
    look = error == EEXIST;
    if (error == 0) break;
    disown_new(*made, plan);
    if (!look && !try_elsewhere(prepared, dir, error, name.where, why)) return nullptr;
  }
  created = true;
  bring_to_life(*made, prepared, std::move(dir), plan, why);
  return made;
}

}  // namespace

std::shared_ptr<body> make_named(const parsed_name& name, verb how, blueprint& plan, bool& created,
                                 failure& why) {
  const hold_off_fork gate;
  const auto dir = directory_of(name.where, why);
  if (!dir) return nullptr;
  complete(plan, dir->user);
  if (dir->where == scope::global) plan.facts.flags |= anchor_global;
  sweep_some_once(*dir);
  auto result = make_or_find(dir, name, how, plan, created, why);
  return why ? nullptr : result;
}

std::shared_ptr<body> open_named(const parsed_name& name, detail::kind wanted, bool read_only,
                                 failure& why) {
  const hold_off_fork gate;
  for (;;) {
    const auto dir = directory_of(name.where, why);
    if (!dir) return nullptr;
    auto result = look_up(dir, name, file_name(name.text, dir->where), wanted, read_only, why);
    if (why) return nullptr;
    if (result) return result;
    if (forget_stale_directory(dir)) continue;
    why.set_native(ENOENT, "there is no object of this name");
    return nullptr;
  }
}

}  // namespace isthmus::detail
