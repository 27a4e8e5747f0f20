// SPDX-License-Identifier: MIT
#include "mutex.hpp"

#include "backend.hpp"

namespace isthmus {

using detail::failure;
using detail::verb;

namespace detail {

template <>
inline constexpr kind kind_of<mutex> = kind::mutex;

template <>
dispatcher_request request_of(const mutex_options& options, failure&) {
  dispatcher_request request;
  request.kind = kind::mutex;
  request.permissions = options.permissions;
  request.owned = options.initially_owned;
  return request;
}

namespace {

/// The short way; true where it was enough.
inline bool taken_fast(dispatcher* state, void* word) noexcept {
  if (!fast_lock(word)) return false;
  if (state->notes.any()) [[unlikely]]
    state->notes.note(false);
  return true;
}

void give(dispatcher* state, failure& why) {
  if (check_held(state, "mutex", why)) unlock_mutex(*state, why);
}

}  // namespace

}  // namespace detail

mutex mutex::create(const mutex_options& options) {
  return detail::made<mutex>(options, verb::create);
}

mutex mutex::create(const mutex_options& options, std::error_code& ec) noexcept {
  return detail::made<mutex>(options, verb::create, ec);
}

mutex mutex::open_or_create(const mutex_options& options) {
  return detail::made<mutex>(options, verb::open_or_create);
}

mutex mutex::open_or_create(const mutex_options& options, std::error_code& ec) noexcept {
  return detail::made<mutex>(options, verb::open_or_create, ec);
}

mutex mutex::open(const mutex_open_options& options) { return detail::opened<mutex>(options); }

mutex mutex::open(const mutex_open_options& options, std::error_code& ec) noexcept {
  return detail::opened<mutex>(ec, options);
}

mutex mutex::open_within(const mutex_open_options& options, std::chrono::nanoseconds limit) {
  return detail::opened<mutex>(options, limit);
}

mutex mutex::open_within(const mutex_open_options& options, std::chrono::nanoseconds limit,
                         std::error_code& ec) noexcept {
  return detail::opened<mutex>(ec, options, limit);
}

wait_status mutex::lock() {
  if (detail::taken_fast(state_.get(), word_)) [[likely]]
    return wait_status::signaled;
  return wait_within(detail::no_limit);
}

wait_status mutex::lock(std::error_code& ec) noexcept {
  if (detail::taken_fast(state_.get(), word_)) [[likely]] {
    ec.clear();
    return wait_status::signaled;
  }
  return wait_within(detail::no_limit, ec);
}

bool mutex::try_lock() {
  return detail::taken_fast(state_.get(), word_) ||
         wait_within(std::chrono::nanoseconds::zero()) != wait_status::timeout;
}

bool mutex::try_lock(std::error_code& ec) noexcept {
  return taken(wait_within(std::chrono::nanoseconds::zero(), ec));
}

// The long ways are functions of their own, so that the short ones need no stack.
void mutex::unlock() {
  if (!detail::fast_unlock(word_)) [[unlikely]]
    unlock_slowly();
}

void mutex::unlock(std::error_code& ec) noexcept {
  if (!detail::fast_unlock(word_)) [[unlikely]]
    return unlock_slowly(ec);
  ec.clear();
}

void mutex::unlock_slowly() {
  detail::throwing("mutex::unlock", name(), [&](failure& why) { detail::give(state_.get(), why); });
}

void mutex::unlock_slowly(std::error_code& ec) noexcept {
  detail::reporting(ec, [&](failure& why) { detail::give(state_.get(), why); });
}

bool mutex::abandoned() const noexcept { return state_ && state_->notes.noted(); }

std::optional<last_owner_info> mutex::last_owner() const {
  return detail::throwing("mutex::last_owner", name(), [&](failure& why) {
    return detail::check_held(state_.get(), "mutex", why) ? detail::mutex_last_owner(*state_, why)
                                                          : std::nullopt;
  });
}

mutex mutex::duplicate() const { return duplicate(access()); }

mutex mutex::duplicate(std::error_code& ec) const noexcept { return duplicate(access(), ec); }

mutex mutex::duplicate(isthmus::access rights) const {
  return detail::duplicated<mutex>(state_.get(), name(), rights);
}

mutex mutex::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::duplicated<mutex>(state_.get(), rights, ec);
}

}  // namespace isthmus
