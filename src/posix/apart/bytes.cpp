// SPDX-License-Identifier: MIT
#include "bytes.hpp"

#include "anchor.hpp"
#include "fill.hpp"
#include "posix_failure.hpp"
#include "retry.hpp"
#include "seam.hpp"
#include "space.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
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

descriptor open_memory(const object_facts& facts, int mode) noexcept {
  const bytes_name name(facts.identity);
  return descriptor(retry([&] { return ::shm_open(name.text(), mode, 0600); }));
}

/// The facts of a sound anchor that has its bytes apart. Whether there is anything sound in an
/// anchor whose maker has died on the way is not known before.
bool facts_of_apart(int anchor, struct stat& info, object_facts& facts) noexcept {
  anchor_header header{};
  failure none;
  try {
    if (::fstat(anchor, &info) != 0 || !read_header(anchor, info, header, none)) return false;
    facts = facts_of(header);
    return (facts.flags & anchor_apart) != 0;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

bool fill_named(int anchor, const blueprint& plan, std::string_view name, std::string_view where,
                descriptor& bytes, failure& why) {
  const bool apart = plan.facts.kind == kind::section && (plan.facts.flags & anchor_file) == 0;
  if (!apart) return fill(anchor, plan, name, where, why);
  object_facts facts = plan.facts;
  facts.flags |= anchor_apart;
  if (!check_size_limit(page_size(), why) || !fill_header(anchor, facts, name, where, why))
    return false;
  seam::at(step::create_bytes_named);
  bytes = open_memory(facts, O_RDWR | O_CREAT | O_EXCL);
  if (!bytes) {
    fail_with(errno, why);
    return false;
  }
  seam::at(step::create_bytes_made);
  return fill(bytes.get(), plan, name, "shared memory", why);
}

bytes_state open_bytes(body& object, failure& why) {
  if ((object.facts.flags & anchor_apart) == 0) return bytes_state::here;
  object.bytes = open_memory(object.facts, object.read_only ? O_RDONLY : O_RDWR);
  if (!object.bytes) {
    if (errno == ENOENT) return bytes_state::gone;
    fail_with(errno, why);
    return bytes_state::failed;
  }
  if (are_bytes_of(object.bytes.get(), object.facts)) return bytes_state::here;
  why.set(errc::damaged, "the object's memory is not what its creator has made");
  return bytes_state::failed;
}

bool are_bytes_of(int fd, const object_facts& facts) noexcept {
  // They end in a header of their own, as everything of ours does in memory.
  struct stat info {};
  anchor_header header{};
  failure none;
  try {
    return ::fstat(fd, &info) == 0 && read_header(fd, info, header, none) &&
           header.kind == kind::section && header.identity == facts.identity &&
           header.before == facts.size && header.flags == (facts.flags & ~anchor_apart);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void remove_bytes(int anchor) noexcept {
  struct stat info {};
  object_facts facts;
  if (!facts_of_apart(anchor, info, facts)) return;
  // Names cannot be guessed, but who may open an object can read its bytes' name, and write it into
  // an anchor of his own. Only what we have written ourselves is believed.
  if (info.st_uid != ::geteuid()) return;
  ::shm_unlink(bytes_name(facts.identity).text());
  seam::at(step::close_bytes_removed);
}

std::uint64_t memory_of(int anchor) noexcept {
  struct stat info {};
  object_facts facts;
  if (!facts_of_apart(anchor, info, facts)) return static_cast<std::uint64_t>(info.st_blocks) * 512;
  struct stat memory {};
  const descriptor bytes = open_memory(facts, O_RDONLY);
  if (!bytes || ::fstat(bytes.get(), &memory) != 0) memory.st_blocks = 0;
  return static_cast<std::uint64_t>(info.st_blocks + memory.st_blocks) * 512;
}

}  // namespace isthmus::detail
