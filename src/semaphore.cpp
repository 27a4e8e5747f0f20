// SPDX-License-Identifier: MIT
#include "semaphore.hpp"

#include "backend.hpp"

namespace isthmus {

using detail::failure;
using detail::verb;

namespace detail {

template <>
inline constexpr kind kind_of<semaphore> = kind::semaphore;

template <>
dispatcher_request request_of(const semaphore_options& options, failure& why) {
  if (options.maximum < 1 || options.initial < 0 || options.initial > options.maximum)
    why.set(errc::invalid_argument,
            "a semaphore's maximum is at least 1 and its initial count 0 to the maximum");
  dispatcher_request request;
  request.kind = kind::semaphore;
  request.permissions = options.permissions;
  request.count = options.initial;
  request.maximum = options.maximum;
  return request;
}

}  // namespace detail

semaphore semaphore::create(const semaphore_options& options) {
  return detail::made<semaphore>(options, verb::create);
}

semaphore semaphore::create(const semaphore_options& options, std::error_code& ec) noexcept {
  return detail::made<semaphore>(options, verb::create, ec);
}

semaphore semaphore::open_or_create(const semaphore_options& options) {
  return detail::made<semaphore>(options, verb::open_or_create);
}

semaphore semaphore::open_or_create(const semaphore_options& options,
                                    std::error_code& ec) noexcept {
  return detail::made<semaphore>(options, verb::open_or_create, ec);
}

semaphore semaphore::open(const semaphore_open_options& options) {
  return detail::opened<semaphore>(options);
}

semaphore semaphore::open(const semaphore_open_options& options, std::error_code& ec) noexcept {
  return detail::opened<semaphore>(ec, options);
}

semaphore semaphore::open_within(const semaphore_open_options& options,
                                 std::chrono::nanoseconds limit) {
  return detail::opened<semaphore>(options, limit);
}

semaphore semaphore::open_within(const semaphore_open_options& options,
                                 std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::opened<semaphore>(ec, options, limit);
}

// The long ways are functions of their own, so that the short ones need no stack.
void semaphore::acquire() {
  if (!detail::fast_acquire(word_)) [[unlikely]]
    wait_within(detail::no_limit);
}

void semaphore::acquire(std::error_code& ec) noexcept {
  if (!detail::fast_acquire(word_)) [[unlikely]]
    wait_within(detail::no_limit, ec);
  else
    ec.clear();
}

bool semaphore::try_acquire() {
  return detail::fast_acquire(word_) ||
         wait_within(std::chrono::nanoseconds::zero()) == wait_status::signaled;
}

bool semaphore::try_acquire(std::error_code& ec) noexcept {
  return wait_within(std::chrono::nanoseconds::zero(), ec) == wait_status::signaled;
}

std::int32_t semaphore::release(std::int32_t count) {
  std::int32_t before = 0;
  if (detail::fast_release(state_.get(), word_, count, before)) [[likely]]
    return before;
  return release_slowly(count);
}

std::int32_t semaphore::release(std::int32_t count, std::error_code& ec) noexcept {
  std::int32_t before = 0;
  if (!detail::fast_release(state_.get(), word_, count, before)) [[unlikely]]
    return release_slowly(count, ec);
  ec.clear();
  return before;
}

std::int32_t semaphore::release_slowly(std::int32_t count) {
  return detail::modified<semaphore>(
      state_.get(), "release", name(),
      [&](auto& state, failure& why) { return detail::release_semaphore(state, count, why); });
}

std::int32_t semaphore::release_slowly(std::int32_t count, std::error_code& ec) noexcept {
  return detail::modified<semaphore>(state_.get(), ec, [&](auto& state, failure& why) {
    return detail::release_semaphore(state, count, why);
  });
}

semaphore semaphore::duplicate() const { return duplicate(access()); }

semaphore semaphore::duplicate(std::error_code& ec) const noexcept {
  return duplicate(access(), ec);
}

semaphore semaphore::duplicate(isthmus::access rights) const {
  return detail::duplicated<semaphore>(state_.get(), name(), rights);
}

semaphore semaphore::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::duplicated<semaphore>(state_.get(), rights, ec);
}

}  // namespace isthmus
