// SPDX-License-Identifier: MIT
#include "posix/names/audience.hpp"

#include <charconv>
#include <string_view>

namespace isthmus::detail {
namespace {

constexpr mode_t of_owner = 0600;
constexpr mode_t of_others = S_IRWXG | S_IRWXO;
/// Of a directory's mode: what a file's mode decides. It may inherit the group.
constexpr mode_t decided = 05777;

mode_t bits(audience circle, audience read, audience modify) noexcept {
  return modify >= circle ? 06 : read >= circle ? 04 : 0;
}

mode_t number_in(std::string_view octal) noexcept {
  unsigned value = 0;
  std::from_chars(octal.data(), octal.data() + octal.size(), value, 8);
  return value;
}

mode_t wanted_mode(const isthmus::permissions& wanted) noexcept {
  if (!wanted.native.empty()) return number_in(wanted.native) & 0666;
  return bits(audience::group, wanted.read, wanted.modify) << 3 |
         bits(audience::everyone, wanted.read, wanted.modify);
}

}  // namespace

bool check_permissions(const isthmus::permissions& wanted, failure& why) {
  const std::string_view mode = wanted.native;
  const bool octal = mode.size() <= 4 && mode.find_first_not_of("01234567") == mode.npos &&
                     number_in(mode) <= 0777;
  if (!octal)
    why.set(errc::invalid_argument,
            "native permissions are a mode in octal here, from 0000 to 0777, such as 0640");
  return octal;
}

mode_t file_mode(const isthmus::permissions& wanted, kind of, bool of_file) noexcept {
  mode_t mode = wanted_mode(wanted) & of_others;
  // What shows a file is not to be written by others: it says which file that is.
  if (of_file) mode &= 0444;
  if (of != kind::section)  // to read alone is of no use
    for (const int circle : {0, 3})
      if ((mode >> circle & 06) != 06) mode &= ~(07u << circle);
  return mode | of_owner;
}

mode_t folder_mode(mode_t file) noexcept {
  mode_t mode = 0700;
  for (const int circle : {0, 3})
    mode |= ((file >> circle & 02) != 0 ? 07u : (file >> circle & 04) != 0 ? 05u : 0u) << circle;
  return mode;
}

bool same_audience(const struct stat& folder, mode_t file, gid_t group) noexcept {
  const mode_t mode = folder_mode(file);
  const bool whatever_group = (mode >> 3 & 07) == (mode & 07);
  return (folder.st_mode & decided) == mode && (whatever_group || folder.st_gid == group);
}

bool may_share(const struct stat& folder, mode_t file, gid_t group) noexcept {
  if ((folder.st_mode & decided) != folder_mode(file)) return false;
  return (file & S_IWOTH) != 0 || ((file & S_IWGRP) != 0 && folder.st_gid == group);
}

bool belongs_in(const struct stat& folder, const struct stat& file) noexcept {
  return file.st_uid == folder.st_uid || (folder.st_mode & S_IWOTH) != 0 ||
         ((folder.st_mode & S_IWGRP) != 0 && file.st_gid == folder.st_gid);
}

}  // namespace isthmus::detail
