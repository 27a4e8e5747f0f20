// SPDX-License-Identifier: MIT
#include "backend.hpp"
#include "dispatcher.hpp"

#include <string>
#include <utility>

namespace isthmus {

using detail::dispatcher;
using detail::failure;

namespace {

std::string_view word_of(const dispatcher* state) noexcept {
  return state != nullptr ? detail::word_for(state->kind) : "waitable";
}

/// What the user called to wait.
detail::operation waiting(const dispatcher* state) noexcept {
  const bool mutex = state != nullptr && state->kind == detail::kind::mutex;
  const bool semaphore = state != nullptr && state->kind == detail::kind::semaphore;
  return {word_of(state), mutex ? "lock" : semaphore ? "acquire" : "wait"};
}

wait_status take(dispatcher* state, std::chrono::nanoseconds limit, failure& why) {
  if (!detail::check_may(state, "object", access::wait, why)) return wait_status::failed;
  const wait_status status = detail::wait_for_one(*state, limit, why);
  if (status == wait_status::abandoned || status == wait_status::signaled)
    state->notes.note(status == wait_status::abandoned);
  return status;
}

creator_info creator_of(const dispatcher* from, failure& why) {
  if (!detail::check_held(from, "object", why)) return {};
  return detail::dispatcher_creator(*from, why);
}

}  // namespace

waitable::waitable(dispatcher* state) noexcept
    : state_(state), word_(state != nullptr ? detail::dispatcher_word(*state) : nullptr) {}

// The long ways are functions of their own, so that the short ones need no stack.
wait_status waitable::wait() {
  if (detail::fast_wait(word_)) [[likely]]
    return wait_status::signaled;
  return wait_within(detail::no_limit);
}

wait_status waitable::wait(std::error_code& ec) noexcept {
  if (!detail::fast_wait(word_)) [[unlikely]]
    return wait_within(detail::no_limit, ec);
  ec.clear();
  return wait_status::signaled;
}

wait_status waitable::wait_within(std::chrono::nanoseconds limit) {
  return detail::throwing(waiting(state_.get()), name(),
                          [&](failure& why) { return take(state_.get(), limit, why); });
}

wait_status waitable::wait_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return take(state_.get(), limit, why); }, wait_status::failed);
}

bool waitable::created() const noexcept { return state_ && state_->info.created; }

std::string_view waitable::name() const noexcept {
  return state_ ? std::string_view(state_->info.name) : std::string_view();
}

access waitable::access() const noexcept {
  return state_ ? state_->info.access : isthmus::access::none;
}

creator_info waitable::creator() const {
  return detail::throwing({word_of(state_.get()), "creator"}, name(),
                          [&](failure& why) { return creator_of(state_.get(), why); });
}

creator_info waitable::creator(std::error_code& ec) const noexcept {
  return detail::reporting(ec, [&](failure& why) { return creator_of(state_.get(), why); });
}

void waitable::close() {
  // Moved, not copied: closing takes no memory.
  const std::string closed = state_ ? std::move(state_->info.name) : std::string();
  const auto word = word_of(state_.get());
  word_ = nullptr;
  detail::throwing({word, "close"}, closed, [&](failure& why) {
    if (state_) detail::close_dispatcher_state(state_.release(), why);
  });
}

void waitable::close(std::error_code& ec) noexcept {
  word_ = nullptr;
  detail::reporting(ec, [&](failure& why) {
    if (state_) detail::close_dispatcher_state(state_.release(), why);
  });
}

std::string_view to_string(wait_status value) noexcept {
  switch (value) {
    case wait_status::signaled:
      return "signaled";
    case wait_status::abandoned:
      return "abandoned";
    case wait_status::timeout:
      return "timeout";
    case wait_status::failed:
      return "failed";
  }
  return "unknown";
}

std::string_view to_string(reset_mode value) noexcept {
  return value == reset_mode::automatic ? "automatic"
         : value == reset_mode::manual  ? "manual"
                                        : "unknown";
}

}  // namespace isthmus
