// SPDX-License-Identifier: MIT
#include "section.hpp"

#include "posix/names/audience.hpp"
#include "posix/objects/body.hpp"
#include "posix/objects/file.hpp"
#include "posix/section_state.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string>

namespace isthmus::detail {
namespace {

constexpr bool read_only(isthmus::access rights) noexcept {
  return !includes(rights, isthmus::access::write);
}

std::uint64_t rounded(std::uint64_t size) noexcept {
  return (size + page_size() - 1) / page_size() * page_size();
}

section_state* handle_to(std::shared_ptr<body> object, isthmus::access rights, bool created) {
  auto handle = std::make_unique<posix_section>();
  handle->info.name = object->name;
  handle->info.where = object->where();
  handle->info.access = rights;
  handle->info.created = created;
  handle->size = object->facts.size;
  handle->file = (object->facts.flags & anchor_file) != 0;
  handle->reserve = (object->facts.flags & anchor_reserve) != 0;
  handle->object = std::move(object);
  return handle.release();
}

/// Nobody gets a right that the pages' protection forbids, so a right never fails at its use
/// (VIEW-01, VIEW-02).
bool permitted(const body& object, isthmus::access rights, failure& why) {
  if (includes(object.facts.access | access::copy, rights)) return true;
  why.set(errc::access_denied, fmt::format("the section was made with the access {} only",
                                           to_string(object.facts.access)));
  return false;
}

/// A handle that cannot write gets a descriptor that cannot, which the kernel enforces.
section_state* narrowed_handle(std::shared_ptr<body> object, isthmus::access rights, bool created,
                               failure& why) {
  if (!object || !permitted(*object, rights, why)) return nullptr;
  if (read_only(rights) && !object->file) object = reopen(object, true, why);
  return object ? handle_to(std::move(object), rights, created) : nullptr;
}

/// The full path of a file that was opened by this one; empty where that leads elsewhere by now.
std::string resolved(const char* path, int fd) {
  std::array<char, PATH_MAX> whole{};
  struct stat there {};
  struct stat here {};
  const bool same = ::realpath(path, whole.data()) != nullptr &&
                    ::stat(whole.data(), &there) == 0 && ::fstat(fd, &here) == 0 &&
                    there.st_ino == here.st_ino && there.st_dev == here.st_dev;
  return same ? std::string(whole.data()) : std::string();
}

section_state* make(const section_request& request, blueprint& plan, failure& why) {
  if (!check_permissions(request.permissions, why)) return nullptr;
  plan.file_mode =
      file_mode(request.permissions, kind::section, (plan.facts.flags & anchor_file) != 0);
  bool created = request.name.text.empty();
  auto object = request.name.text.empty()
                    ? make_unnamed(plan, why)
                    : make_named(request.name, request.how, plan, created, why);
  return narrowed_handle(std::move(object), request.access, created, why);
}

}  // namespace

section_state* handle_to_section(std::shared_ptr<body> object, isthmus::access rights,
                                 failure& why) {
  if (object->read_only && !read_only(rights)) {
    why.set(errc::access_denied, "the descriptor cannot be written to");
    return nullptr;
  }
  return narrowed_handle(std::move(object), rights, false, why);
}

section_state* make_section(const section_request& request, failure& why) {
  const hold_off_fork gate;
  blueprint plan;
  plan.facts.kind = kind::section;
  plan.facts.size = rounded(request.size);
  plan.facts.flags = request.reserve ? anchor_reserve : 0;
  plan.facts.access = request.access;
  return make(request, plan, why);
}

section_state* make_file_section(const file_source& file, const section_request& request,
                                 failure& why) {
  const hold_off_fork gate;
  // An existing name fails before the file is touched (CRE-06).
  if (!request.name.text.empty()) {
    failure absent;
    const auto known = open_named(request.name, kind::section, true, absent);
    if (known) {
      why.set(errc::already_exists);
      return nullptr;
    }
    if (absent.code != errc::not_found) {
      why = absent;
      return nullptr;
    }
  }
  blueprint plan;
  plan.facts.kind = kind::section;
  plan.facts.flags = anchor_file;
  plan.facts.access = request.access;
  plan.file = open_source(file, request.access, why);
  if (!plan.file || !fit_file(plan.file.get(), request.size, request.access, plan.facts, why))
    return nullptr;
  if (request.name.text.empty()) {
    auto object = std::make_shared<body>();
    object->fd = std::move(plan.file);
    object->facts = plan.facts;
    object->facts.creator_user = ::geteuid();
    object->facts.creator_process = static_cast<std::uint32_t>(::getpid());
    return handle_to(std::move(object), request.access, true);
  }
  plan.facts.path = path_of(plan.file.get());
  if (plan.facts.path.empty() && file.path != nullptr)  // the system does not tell (no /proc)
    plan.facts.path = resolved(file.path->c_str(), plan.file.get());
  if (plan.facts.path.empty()) {
    why.set(errc::invalid_argument,
            "the file has no path by which others could open it, or that cannot be found out "
            "(Linux: /proc is needed); leave the section unnamed");
    return nullptr;
  }
  return make(request, plan, why);
}

section_state* open_section(const parsed_name& name, isthmus::access rights, failure& why) {
  const hold_off_fork gate;
  auto object = open_named(name, kind::section, read_only(rights), why);
  if (!object || !permitted(*object, rights, why)) return nullptr;
  return handle_to(std::move(object), rights, false);
}

section_state* duplicate_section(const section_state& from, isthmus::access rights, failure& why) {
  const hold_off_fork gate;
  const auto& object = static_cast<const posix_section&>(from).object;
  if (!permitted(*object, rights, why)) return nullptr;
  // An unnamed file's descriptor has the mode that its section allows; the rest is up to the mask.
  if (from.file && !object->dir) return handle_to(object, rights, false);
  auto other = reopen(object, read_only(rights), why);
  return other ? handle_to(std::move(other), rights, false) : nullptr;
}

section_state* adopt_section(native_handle_type handle, isthmus::access rights, failure& why) {
  const hold_off_fork gate;
  struct stat info {};
  if (handle < 0 || ::fstat(handle, &info) != 0) {
    why.set(errc::invalid_argument, "it is not an open descriptor");
    return nullptr;
  }
  failure no_header;
  if (auto object = adopt(handle, kind::section, no_header))
    return narrowed_handle(std::move(object), rights, false, why);
  if (no_header.code != errc::damaged) {
    why = no_header;
    return nullptr;
  }
  // Any other descriptor that can be mapped.
  blueprint plan;
  plan.facts.kind = kind::section;
  plan.facts.flags = anchor_file;
  plan.facts.access = rights;
  plan.facts.creator_user = info.st_uid;
  descriptor fd = open_source({nullptr, handle}, rights, why);
  if (!fd || !fit_file(fd.get(), 0, rights, plan.facts, why)) return nullptr;
  auto object = std::make_shared<body>();
  object->fd = std::move(fd);
  object->facts = plan.facts;
  ::close(handle);
  return handle_to(std::move(object), rights, false);
}

creator_info section_creator(const section_state& from, failure&) {
  return creator_of(*static_cast<const posix_section&>(from).object);
}

native_handle_type section_handle(const section_state& from) noexcept {
  return static_cast<const posix_section&>(from).object->bytes_fd();
}

void close_section_state(section_state* state, failure&) noexcept {
  delete static_cast<posix_section*>(state);
}

}  // namespace isthmus::detail
