// SPDX-License-Identifier: MIT
//
// An object as this process has it: one descriptor, and for a dispatcher object one mapping,
// however many handles there are. Further handles cost no system call. When the last one goes, the
// process lets the object go.
#pragma once

#include "name.hpp"
#include "object.hpp"
#include "posix/names/anchor.hpp"
#include "posix/names/directory.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/words/layout.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace isthmus::detail {

/// What an object was made with; the same in every process. From its header and state, copied when
/// the object was opened: others may write to these.
struct object_facts {
  detail::kind kind{};
  std::uint64_t size = 0;
  std::uint32_t flags = 0;
  isthmus::access access = isthmus::access::none;  ///< section: the protection of its pages
  std::uint32_t mode = 0;                          ///< event, timer: 1 if manual
  std::uint32_t maximum = 0;                       ///< semaphore: of its count
  std::uint32_t creator_user = 0;
  std::uint32_t creator_process = 0;  ///< 0: not known
  bool abroad = false;                ///< made in another user namespace; see is_abroad()
  std::array<std::uint64_t, 2> identity{};
  std::uint64_t file_device = 0;
  std::uint64_t file_inode = 0;
  std::string path;  ///< section of a file: where it was
};

struct body : std::enable_shared_from_this<body> {
  body() = default;
  body(const body&) = delete;
  body& operator=(const body&) = delete;
  ~body();

  std::shared_ptr<const directory> dir;  ///< nullptr: unnamed
  std::string name;
  file_name entry{{}};        ///< the anchor's, in the directory
  descriptor fd;              ///< the anchor; unnamed: the bytes, or the state's page
  descriptor bytes;           ///< section of memory, if they are not in `fd`; see bytes.hpp
  descriptor file;            ///< section of a file: the file
  std::byte* page = nullptr;  ///< dispatcher objects: mapped for reading and writing
  mutable std::atomic<std::byte*> guard_mapping = nullptr;  ///< see objects/guard_place.hpp
  object_facts facts;
  bool read_only = false;
  bool made_here = false;
  std::uint64_t generation = 0;  ///< fork_generation() when `fd` was made

  /// What table.cpp keeps here.
  body* next = nullptr;
  std::size_t hash = 0;
  bool in_table = false;

  /// What the page has beside its header.
  [[nodiscard]] dispatcher_block& block() const noexcept {
    return *static_cast<dispatcher_block*>(static_cast<void*>(page + block_place(facts.identity)));
  }
  [[nodiscard]] scope where() const noexcept { return dir ? dir->where : scope::session; }
  /// What a section's views map.
  [[nodiscard]] int bytes_fd() const noexcept {
    return file ? file.get() : bytes ? bytes.get() : fd.get();
  }
};

/// What create needs to know of a new object. Everything not named here is filled in.
struct blueprint {
  object_facts facts;
  std::uint64_t word = 0;   ///< dispatcher objects: the state's first value
  std::uint64_t owner = 0;  ///< mutex: who owns it from the beginning
  std::uint32_t mode = 0;   ///< and what else is in it
  std::uint32_t maximum = 0;
  mode_t file_mode = 0600;  ///< of the anchor of a global name; see audience.hpp
  descriptor file = {};     ///< section of a file
};

/// The three ways to get one. nullptr on failure. `created` tells what open_or_create did.
std::shared_ptr<body> make_named(const parsed_name& name, verb how, blueprint& plan, bool& created,
                                 failure& why);
std::shared_ptr<body> open_named(const parsed_name& name, detail::kind wanted, bool read_only,
                                 failure& why);
std::shared_ptr<body> make_unnamed(blueprint& plan, failure& why);

/// The same object by a descriptor of another mode. Where it can only be had as it is, `from`: the
/// library keeps the rights of its handles, then.
std::shared_ptr<body> reopen(const std::shared_ptr<body>& from, bool read_only, failure& why);

/// Takes over a descriptor that was some process's body::fd; the descriptor is consumed on success.
std::shared_ptr<body> adopt(int fd, detail::kind wanted, failure& why);

/// Memory without a name that has come from elsewhere can be cut short: untrusted.
void not_sealed(failure& why);

creator_info creator_of(const body& from);

/// Parts of the above. What a header says; the parts of a plan that are the same for every object;
/// the mapping of a dispatcher object's page, whose state must make sense (damaged).
object_facts facts_of(const anchor_header& header);
void complete(blueprint& plan, std::uint32_t user) noexcept;
bool map_page(body& made, int fd, failure& why);
/// A new mutex that is not known to anybody yet: its maker owns it, if the plan says so.
bool own_new(body& made, int fd, const blueprint& plan, failure& why);
/// It is not to be after all.
void disown_new(body& made, const blueprint& plan) noexcept;

}  // namespace isthmus::detail
