// SPDX-License-Identifier: MIT
#include "posix/names/bytes_apart.hpp"

#include "posix/names/anchor.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <new>
#include <string_view>

namespace isthmus::detail {
namespace {

using seam::step;

constexpr std::string_view stem = "/isthmus.";
constexpr std::size_t digits = 11;  // of six bits each, for a number of 64

/// The bytes' name, no longer than the 31 characters that all systems take.
class bytes_name {
 public:
  explicit bytes_name(const std::array<std::uint64_t, 2>& identity) noexcept {
    add(stem);
    add(seam::bytes_tag());
    for (const std::uint64_t half : identity)
      for (std::size_t i = 0; i < digits; ++i) add(alphabet.substr(half >> 6 * i & 63, 1));
  }
  [[nodiscard]] const char* text() const noexcept { return text_.data(); }

 private:
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  void add(std::string_view more) noexcept { length_ += more.copy(text_.data() + length_, 16); }

  std::array<char, 48> text_{};
  std::size_t length_ = 0;
};
static_assert(stem.size() + 2 * digits <= 31);

/// The header of a sound anchor that has its bytes apart. Whether there is anything sound in an
/// anchor whose maker has died on the way is not known before.
bool header_of_apart(int anchor, struct stat& info, anchor_header& header) noexcept {
  failure none;
  try {
    return ::fstat(anchor, &info) == 0 && read_header(anchor, info, header, none) &&
           (header.flags & anchor_apart) != 0;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

descriptor open_bytes_apart(const std::array<std::uint64_t, 2>& identity, int mode) noexcept {
  const bytes_name name(identity);
  return descriptor(retry([&] { return ::shm_open(name.text(), mode, 0600); }));
}

void remove_bytes(int anchor) noexcept {
  struct stat info {};
  anchor_header header{};
  if (!header_of_apart(anchor, info, header)) return;
  // Names cannot be guessed, but who may open an object can read its bytes' name, and write it into
  // an anchor of his own. Only what we have written ourselves is believed.
  if (info.st_uid != ::geteuid()) return;
  ::shm_unlink(bytes_name(header.identity).text());
  seam::at(step::close_bytes_removed);
}

std::uint64_t memory_of(int anchor) noexcept {
  struct stat info {};
  anchor_header header{};
  if (!header_of_apart(anchor, info, header))
    return static_cast<std::uint64_t>(info.st_blocks) * 512;
  struct stat memory {};
  const descriptor bytes = open_bytes_apart(header.identity, O_RDONLY);
  if (!bytes || ::fstat(bytes.get(), &memory) != 0) memory.st_blocks = 0;
  return static_cast<std::uint64_t>(info.st_blocks + memory.st_blocks) * 512;
}

}  // namespace isthmus::detail
