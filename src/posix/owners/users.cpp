// SPDX-License-Identifier: MIT
#include "posix/owners/users.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/modules.hpp"
#include "posix/owners/record.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/fork.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <charconv>

namespace isthmus::detail {
namespace {

constexpr std::string_view prefix = "isthmus-p.";

/// Zero is nobody, so the list has each number plus one.
bool enter(dispatcher_block& block, std::uint32_t user, failure& why) {
  for (auto& place : block.users) {
    std::uint32_t seen = place.load();
    if (seen == 0 && place.compare_exchange_strong(seen, user + 1)) return true;
    if (seen == user + 1) return true;
  }
  why.set(errc::limit_exceeded,
          fmt::format("{} users have used the object already, which is the most", most_users));
  return false;
}

/// As whom this copy of the library has entered its global objects; plus one. 0: it has none.
std::atomic<std::uint64_t> entered = 0;

/// Whether there is an object here that it has not entered.
std::atomic<bool> some_without = false;

bool enter_everywhere(std::uint32_t user, failure& why) {
  const auto here = all_objects_here.load(std::memory_order_acquire);
  return here == nullptr || here([&](dispatcher_block& block) {
           return !has_users(block) || enter(block, user, why);
         });
}

}  // namespace

constinit std::atomic<visit_objects*> all_objects_here = nullptr;

bool share_own_records(failure& why) {
  if (!global_names) return true;  // there is nobody to share with, as directory_of() says
  if (&leader() == &this_module()) return share_records(why);
  const int error = leader().share_records();
  if (error != 0) fail_as_leader(error, why);
  return error == 0;
}

std::uint32_t first_user() noexcept { return ::geteuid() + 1; }

bool enter_users(dispatcher_block& block, failure& why) {
  const std::uint32_t user = ::geteuid();
  if (!enter(block, user, why)) return false;
  std::uint64_t none = 0;
  if (!entered.compare_exchange_strong(none, user + std::uint64_t{1}) &&
      !enter_everywhere_once(user, why))
    return false;
  // A thread that has enrolled as somebody else keeps its token.
  const std::uint64_t me = current_token();
  const own_record mine = me != 0 ? own_record_of(nonce_of(me)) : own_record{};
  return !mine || enter(block, mine.facts.user, why);
}

void do_without_place() noexcept { some_without.store(true, std::memory_order_relaxed); }

bool enter_late(dispatcher_block& block, std::uint32_t user, failure& why) {
  if (user == user_abroad) {
    why.set(errc::not_supported,
            "the object was made in another user namespace, and the kernel does not tell there of "
            "this thread's death (get_robust_list); only sections can be shared then");
    return false;
  }
  return !some_without.load(std::memory_order_relaxed) || !has_users(block) ||
         enter_users(block, why);
}

bool enter_everywhere_once(std::uint32_t user, failure& why) {
  const std::uint64_t before = entered.load();
  if (before == 0 || before == user + std::uint64_t{1}) return true;
  const hold_off_fork gate;
  if (!enter_everywhere(user, why)) return false;
  entered.store(user + std::uint64_t{1});
  return true;
}

record_places::record_places(const object_owners& object) noexcept {
  // Each place is read once. The list may fill up while it is read, so what has been read decides.
  for (const auto& place : object.block.users) {
    const std::uint32_t seen = place.load();
    if (seen == 0) break;
    places_[size_++] = {seen - 1, true};
  }
  if (size_ == 0) places_[size_++] = {object.user, false};
}

shared_record_name::shared_record_name(std::uint32_t user, std::uint32_t nonce) noexcept {
  fmt::format_to_n(text_.data(), text_.size() - 1, "{}{}.{:08x}", prefix, user, nonce);
}

bool parse_shared_record(std::string_view name, std::uint32_t& user,
                         std::uint32_t& nonce) noexcept {
  if (!name.starts_with(prefix)) return false;
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data() + prefix.size(), end, user);
  if (first.ec != std::errc() || end - first.ptr != 9 || *first.ptr != '.') return false;
  const auto second = std::from_chars(first.ptr + 1, end, nonce, 16);
  return second.ec == std::errc() && second.ptr == end && nonce != 0 &&
         name == shared_record_name(user, nonce).text();
}

bool is_shared_record_of(std::string_view entry, std::uint32_t user) noexcept {
  std::uint32_t owner = 0;
  std::uint32_t nonce = 0;
  return parse_shared_record(entry, owner, nonce) && (user == 0 || user == owner);
}

}  // namespace isthmus::detail
