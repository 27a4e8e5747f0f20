// SPDX-License-Identifier: MIT
//
// What the lifetime stress works with: sections and mutexes, made and found in all ways.
#pragma once

#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/section.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include <sys/stat.h>

namespace white {

using isthmus::access;
using object = std::variant<std::monostate, isthmus::section, isthmus::mutex>;

inline constexpr std::uint64_t section_size = 12288;

inline std::uint64_t inode_of(const object& of) {
  struct stat info {};
  const int fd = of.index() == 1 ? isthmus::native_handle(std::get<1>(of))
                                 : isthmus::native_handle(std::get<2>(of));
  return ::fstat(fd, &info) == 0 ? info.st_ino : 0;
}

/// Everybody may use global names, whoever makes them; a session's are its user's alone.
inline constexpr isthmus::permissions for_all{.read = isthmus::audience::everyone,
                                              .modify = isthmus::audience::everyone};

/// One operation; how: 0 create, 1 open, 2 open_or_create, 3 open to read.
inline object attempt(const std::string& text, bool is_mutex, int how, bool& created,
                      std::error_code& ec) {
  object result;
  if (is_mutex) {
    isthmus::mutex made =
        how == 0   ? isthmus::mutex::create({.name = text, .permissions = for_all}, ec)
        : how == 2 ? isthmus::mutex::open_or_create({.name = text, .permissions = for_all}, ec)
                   : isthmus::mutex::open({.name = text}, ec);
    created = made.created();
    if (!ec) result = std::move(made);
  } else {
    const isthmus::section_options options{
        .name = text, .size = section_size, .permissions = for_all};
    const auto rights = how == 3 ? access::read : access::read | access::write;
    isthmus::section made = how == 0 ? isthmus::section::create(options, ec)
                            : how == 2
                                ? isthmus::section::open_or_create(options, ec)
                                : isthmus::section::open({.name = text, .access = rights}, ec);
    created = made.created();
    if (!ec) result = std::move(made);
  }
  return result;
}

}  // namespace white
