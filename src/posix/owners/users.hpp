// SPDX-License-Identifier: MIT
//
// Users of a global dispatcher object, and where the records of their processes are.
//
// In a session everybody finds everybody's record in the session's directory. Of a global object
// other users have to learn as well that an owner has died, so whoever uses one publishes its
// record a second time, readable for all:
//
//     /dev/shm/isthmus-p.<user>.<nonce>
//
// A token has the nonce, not the user, and anybody may put a file of such a name there. So the
// object itself lists its users (dispatcher_block::users), who are looked for one after the other,
// and a record must belong to the user in its name. Who may not write to the object cannot enter
// the list, and so can pretend nothing about anybody's life.
#pragma once

#include "failure.hpp"
#include "posix/words/layout.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace isthmus::detail {

/// Publishes this process's records, now or when it gets some. To be called before it has anything
/// to do with a global object, and without the gate (fork.hpp): another copy of the library may
/// have to do it.
bool share_own_records(failure& why);

/// Enters this process's user among those of a global object: limit_exceeded where there are too
/// many of them.
bool enter_users(dispatcher_block& block, failure& why);
/// It goes without, because no record tells of its threads.
void do_without_place() noexcept;
/// For a thread of which a record is about to tell, where some have gone without. There can be none
/// among the users of an object of another user namespace (user_abroad): not_supported.
bool enter_late(dispatcher_block& block, std::uint32_t user, failure& why);
/// The same for an object that is being made.
std::uint32_t first_user() noexcept;

/// Whether an object is a global one, by its list.
inline bool has_users(const dispatcher_block& block) noexcept {
  return block.users.front().load() != 0;
}

/// A thread has got a token from a record of this user: if that is another user than before (the
/// process has changed it, and forked), it enters all global objects that this process has.
bool enter_everywhere_once(std::uint32_t user, failure& why);

/// Calls a function with each dispatcher object of this user namespace that this process has open,
/// until it says false.
using visit_objects = bool(const std::function<bool(dispatcher_block&)>& visit);
/// Who can do that: the table of open objects, which knows of owners, and sets it with the first.
extern std::atomic<visit_objects*> all_objects_here;

/// Among whom the owners of an object are looked for.
struct object_owners {
  const dispatcher_block& block;
  std::uint32_t user = 0;  ///< whose session the object is in, if it is not a global one
};

/// A place where a process's record may be.
struct record_place {
  std::uint32_t user = 0;  ///< whose it must be
  bool shared = false;     ///< in the scope of all, not in that user's session directory
};

/// All places where records of those who have used an object may be.
class record_places {
 public:
  explicit record_places(const object_owners& object) noexcept;
  [[nodiscard]] const record_place* begin() const noexcept { return places_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const record_place* end() const noexcept { return places_.data() + size_; }

 private:
  std::array<record_place, most_users> places_{};
  std::size_t size_ = 0;
};

/// What a shared record is called.
class shared_record_name {
 public:
  shared_record_name(std::uint32_t user, std::uint32_t nonce) noexcept;
  [[nodiscard]] const char* text() const noexcept { return text_.data(); }

 private:
  std::array<char, 40> text_{};
};

/// Whether an entry has such a name, and is this user's to remove.
bool is_shared_record_of(std::string_view entry, std::uint32_t user) noexcept;

/// The user and the nonce in such a name; false: it is none.
bool parse_shared_record(std::string_view name, std::uint32_t& user, std::uint32_t& nonce) noexcept;

}  // namespace isthmus::detail
