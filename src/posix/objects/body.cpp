// SPDX-License-Identifier: MIT
#include "posix/objects/body.hpp"

#include "posix/objects/fill.hpp"
#include "posix/objects/guard_place.hpp"
#include "posix/objects/table.hpp"
#include "posix/owners/holding.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/owner_page.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/random.hpp"
#include "shared_copy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

namespace isthmus::detail {

namespace {

/// `gone`: nobody has the object any more.
void unmap_page(body& from, bool gone) noexcept {
  if (from.page == nullptr) return;
  unmap_guard(from);
  if (from.facts.kind == kind::mutex) {
    owner_line& line = line_of(from.block());
    if (gone) holding::forget(line);
    unmap_owner_pages(from.page, part_behind(line));
  } else {
    ::munmap(from.page, dispatcher_page_size);
  }
  from.page = nullptr;
}

}  // namespace

body::~body() {
  const hold_off_fork gate;
  // A mapping keeps the file's description, and with it the lock, so it goes first; but for a mutex
  // that this thread owns, of which it has to be known whether it has to be told of at all.
  const bool owned =
      page != nullptr && facts.kind == kind::mutex && holding::is_own(line_of(block()));
  if (!owned) unmap_page(*this, false);
  bool gone = !dir && !name.empty();  // it has never had its name
  if (dir) {
    table_remove(*this);
    bytes.reset();  // first: to let go needs a descriptor for a moment
    if (fd)
      gone = leave_anchor(*dir, entry.text(), std::move(fd),
                          {made_here, generation != fork_generation(), read_only});
  }
  unmap_page(*this, gone);
}

object_facts facts_of(const anchor_header& header) {
  object_facts facts;
  facts.kind = header.kind;
  facts.size = header.size;
  facts.flags = header.flags;
  facts.access = static_cast<isthmus::access>(header.access);
  facts.creator_user = header.creator_user;
  facts.creator_process = header.creator_process;
  facts.abroad = header.kind != kind::section && is_abroad(header);
  facts.identity = header.identity;
  facts.file_device = header.file_device;
  facts.file_inode = header.file_inode;
  return facts;
}

namespace {

/// What of the state never changes: read once, checked, and kept.
bool read_state(body& made, failure& why) {
  const dispatcher_state& state = made.block().state;
  const kind of = made.facts.kind;
  const auto mode = shared_copy<std::uint32_t>(&state.mode);
  const auto maximum = shared_copy<std::uint32_t>(&state.maximum);
  if (mode > 1 || shared_copy<short_way>(&state.short_way) != short_way_of(of, mode) ||
      (of == kind::semaphore && (maximum == 0 || maximum > 0x7FFFFFFF))) {
    why.set(errc::damaged, "the object's state makes no sense");
    return false;
  }
  made.facts.mode = mode;
  made.facts.maximum = maximum;
  return true;
}

}  // namespace

bool map_page(body& made, int fd, failure& why) {
  if (made.facts.kind == kind::section || made.page != nullptr) return true;
  if (made.facts.kind == kind::mutex) {
    const std::array places{bytes_before(made.facts)};
    made.page = map_owner_pages(fd, places, made.facts.identity);
  } else {
    void* const page = ::mmap(nullptr, dispatcher_page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                              static_cast<off_t>(bytes_before(made.facts)));
    if (page != MAP_FAILED) made.page = static_cast<std::byte*>(page);
  }
  if (made.page == nullptr) {
    fail_with(errno, why);
    return false;
  }
  return read_state(made, why);
}

bool own_new(body& made, int fd, const blueprint& plan, failure& why) {
  if (plan.owner == 0) return true;
  if (!map_page(made, fd, why)) return false;
  if (owner_word::is_recorded(plan.owner)) {
    come_with_record(made.block(), plan.owner);
    note_record(made.block(), plan.owner);
    return true;
  }
  if (holding::owns_too_many(plan.owner, 1)) {
    locked_too_often(plan.owner, 1, why);
    return false;
  }
  std::uint64_t free = 0;
  (void)holding::take(line_of(made.block()), free, plan.owner);  // nobody else knows it
  return true;
}

void disown_new(body& made, const blueprint& plan) noexcept {
  if (plan.owner == 0 || made.page == nullptr) return;
  unmap_page(made, !owner_word::is_recorded(plan.owner));
}

void complete(blueprint& plan, std::uint32_t user) noexcept {
  // Random numbers cost a system call each, so a thread takes one and counts from there; a fork's
  // child begins anew.
  struct maker {
    std::uint64_t generation = 0;
    std::uint64_t random = 0;
    std::uint64_t made = 0;
    std::uint32_t process = 0;
  };
  thread_local constinit maker self;
  if (self.generation != fork_generation())
    self = {fork_generation(), random_number(), random_number(),
            static_cast<std::uint32_t>(::getpid())};
  plan.facts.identity = {self.random, ++self.made};
  plan.facts.creator_user = user;
  plan.facts.creator_process = self.process;
}

namespace {

/// Of memory without a name: who else may open a descriptor of it again. Of a section everybody may
/// to read it, for whoever has a descriptor can read it in any case, and may want to hand one on
/// that cannot write.
mode_t mode_of_unnamed(const blueprint& plan) noexcept {
  return plan.facts.kind == kind::section ? plan.file_mode | 0444 : plan.file_mode;
}

}  // namespace

std::shared_ptr<body> make_unnamed(blueprint& plan, failure& why) {
  complete(plan, ::geteuid());
  auto made = std::make_shared<body>();
  made->fd = make_memory(mode_of_unnamed(plan));
  if (!made->fd) {
    fail_with(errno, why);
    return nullptr;
  }
  if (!fill(made->fd.get(), plan, {}, "memory", why)) return nullptr;
  seal_memory(made->fd.get());
  made->file = std::move(plan.file);
  made->facts = plan.facts;
  made->made_here = true;
  made->generation = fork_generation();
  const int fd = made->fd.get();
  return map_page(*made, fd, why) && own_new(*made, fd, plan, why) ? made : nullptr;
}

std::shared_ptr<body> reopen(const std::shared_ptr<body>& from, bool read_only, failure& why) {
  if (from->read_only == read_only) return from;
  if (from->dir) {
    auto other = open_named({from->name, from->where()}, from->facts.kind, read_only, why);
    if (!other || other->facts.identity == from->facts.identity) return other;
    why.set(errc::damaged, "somebody has removed the object's name by force");
    return nullptr;
  }
  auto made = std::make_shared<body>();
  made->fd = open_again(from->fd.get(), read_only ? O_RDONLY : O_RDWR);
  if (!made->fd) {
    // Within this process the library keeps the rights; pack_section() does not send it so.
    if (read_only && cannot_open_again(errno)) return from;
    explain_open_again(errno, "get the right to write to memory without a name", why);
    return nullptr;
  }
  made->facts = from->facts;
  made->read_only = read_only;
  made->generation = fork_generation();
  return map_page(*made, made->fd.get(), why) ? made : nullptr;
}

void not_sealed(failure& why) {
  why.set(errc::untrusted,
          "its memory is not sealed, so whoever made it can cut it short under its users; the "
          "library seals what it makes");
}

std::shared_ptr<body> adopt(int fd, detail::kind wanted, failure& why) {
  struct stat info {};
  anchor_header header{};
  if (::fstat(fd, &info) != 0) {
    fail_with(errno, why);
    return nullptr;
  }
  if (!read_header(fd, info, header, why)) return nullptr;
  const bool global = (header.flags & anchor_global) != 0;
  if (!global && info.st_uid != ::geteuid()) {
    why.set(errc::untrusted, fmt::format("it belongs to user {}", info.st_uid));
    return nullptr;
  }
  const std::string name(header.name.data(), header.name_length);
  if (!check_header(header, name, wanted, why)) return nullptr;
  const int flags = ::fcntl(fd, F_GETFL);
  const int mode = flags & O_ACCMODE;
  const bool read_only = mode == O_RDONLY;
  if (flags < 0 || mode == O_WRONLY || (read_only && wanted != kind::section)) {
    why.set(errc::access_denied, "the descriptor cannot be read and written");
    return nullptr;
  }
  std::shared_ptr<body> made;
  if (!name.empty()) {
    // A description of our own, so that our hold is ours alone.
    made = open_named({name, global ? scope::global : scope::session}, wanted, read_only, why);
    if (made && made->facts.identity != header.identity) {
      why.set(errc::not_found, "the object's name has gone");
      made = nullptr;
    }
    if (made) ::close(fd);
    return made;
  }
  // Nobody can cut the library's own memory short; this is somebody else's.
  if (!is_sealed(fd)) {
    not_sealed(why);
    return nullptr;
  }
  made = std::make_shared<body>();
  made->facts = facts_of(header);
  made->facts.creator_user = info.st_uid;
  made->read_only = read_only;
  made->generation = fork_generation();
  made->fd = descriptor::adopt(fd);
  if (map_page(*made, made->fd.get(), why)) return made;
  (void)made->fd.release();  // still the caller's
  return nullptr;
}

creator_info creator_of(const body& from) {
  creator_info info{fmt::format("{}", from.facts.creator_user), {}};
  if (from.facts.creator_process != 0) info.process_id = from.facts.creator_process;
  return info;
}

}  // namespace isthmus::detail
