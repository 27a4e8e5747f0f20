// SPDX-License-Identifier: MIT
#include "mutex.hpp"

#include "failure.hpp"
#include "mutex_fast.hpp"

#include <new>
#include <utility>

namespace isthmus {

using detail::failure;

namespace detail {
namespace {

/// A number that no other thread of this process has or had.
std::uint64_t this_thread_key() noexcept {
  static std::atomic<std::uint64_t> last = 0;
  thread_local const std::uint64_t key = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return key;
}

}  // namespace

abandoned_notes::~abandoned_notes() {
  for (entry* one = first_.load(); one != nullptr;) delete std::exchange(one, one->next);
}

abandoned_notes::entry* abandoned_notes::find(std::uint64_t thread) const noexcept {
  entry* one = first_.load(std::memory_order_acquire);
  while (one != nullptr && one->thread.load(std::memory_order_relaxed) != thread) one = one->next;
  return one;
}

void abandoned_notes::note(bool abandoned) noexcept {
  if (!abandoned && !any()) return;
  const std::uint64_t key = this_thread_key();
  entry* const mine = find(key);
  if ((mine != nullptr) == abandoned) return;
  if (mine != nullptr) {
    mine->thread.store(0, std::memory_order_relaxed);
    count_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  std::uint64_t nobody = 0;
  entry* const unused = find(0);
  if (unused == nullptr ||
      !unused->thread.compare_exchange_strong(nobody, key, std::memory_order_relaxed)) {
    auto* const made = new (std::nothrow) entry{key, first_.load(std::memory_order_relaxed)};
    if (made == nullptr) return;  // the mutex is ours all the same, and the wait's status says how
    while (!first_.compare_exchange_weak(made->next, made, std::memory_order_release)) {
    }
  }
  count_.fetch_add(1, std::memory_order_relaxed);
}

bool abandoned_notes::noted() const noexcept { return any() && find(this_thread_key()) != nullptr; }

}  // namespace detail

namespace {

constexpr access mutex_rights = access::wait | access::modify;

bool check_rights(access rights, failure& why) {
  if (rights != access::none && includes(mutex_rights, rights)) return true;
  why.set(rights == access::none ? errc::access_denied : errc::invalid_argument,
          "a mutex's rights are wait and modify, at least one of them");
  return false;
}

bool check_held(const detail::mutex_state* state, failure& why) {
  if (state == nullptr)
    why.set(errc::invalid_argument, "the mutex is empty (moved from or closed)");
  return state != nullptr;
}

detail::mutex_state* make(const mutex_options& options, detail::verb how, failure& why) {
  const auto name = detail::parse_name(options.name, options.scope, why);
  if (why) return nullptr;
  return detail::make_mutex({how, name, options.initially_owned, options.permissions}, why);
}

detail::mutex_state* open_once(const mutex_open_options& options, failure& why) {
  const auto name = detail::parse_required_name(options.name, options.scope, why);
  if (why || !check_rights(options.access, why)) return nullptr;
  return detail::open_mutex(name, options.access, why);
}

detail::mutex_state* duplicate_of(const detail::mutex_state* from, access rights, failure& why) {
  if (!check_held(from, why) || !check_rights(rights, why)) return nullptr;
  auto* const made = detail::duplicate_mutex(*from, rights, why);
  if (made != nullptr) made->info.created = false;
  return made;
}

creator_info creator_of(const detail::mutex_state* from, failure& why) {
  if (!check_held(from, why)) return {};
  return detail::mutex_creator(*from, why);
}

/// The long way to take a mutex; the short one is in mutex_fast.hpp.
wait_status take(detail::mutex_state* state, std::chrono::nanoseconds limit, failure& why) {
  if (!check_held(state, why)) return wait_status::failed;
  if (!includes(state->info.access, access::wait)) {
    why.set(errc::access_denied, "the mutex's handle lacks the right to wait");
    return wait_status::failed;
  }
  const wait_status status = detail::lock_mutex(*state, limit, why);
  if (status == wait_status::abandoned || status == wait_status::signaled)
    state->notes.note(status == wait_status::abandoned);
  return status;
}

/// The short way; true where it was enough.
inline bool taken_fast(detail::mutex_state* state, void* word) noexcept {
  if (!detail::fast_lock(word)) return false;
  if (state->notes.any()) [[unlikely]]
    state->notes.note(false);
  return true;
}

void give(detail::mutex_state* state, failure& why) {
  if (check_held(state, why)) detail::unlock_mutex(*state, why);
}

}  // namespace

void detail::close_mutex::operator()(mutex_state* state) const noexcept {
  failure why;
  close_mutex_state(state, why);
}

mutex::mutex(detail::mutex_state* state) noexcept
    : state_(state), word_(state != nullptr ? detail::mutex_word(*state) : nullptr) {}

mutex mutex::create(const mutex_options& options) {
  return detail::throwing("mutex::create", options.name, [&](failure& why) {
    return mutex(make(options, detail::verb::create, why));
  });
}

mutex mutex::create(const mutex_options& options, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return mutex(make(options, detail::verb::create, why)); });
}

mutex mutex::open_or_create(const mutex_options& options) {
  return detail::throwing("mutex::open_or_create", options.name, [&](failure& why) {
    return mutex(make(options, detail::verb::open_or_create, why));
  });
}

mutex mutex::open_or_create(const mutex_options& options, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return mutex(make(options, detail::verb::open_or_create, why)); });
}

mutex mutex::open(const mutex_open_options& options) {
  return detail::throwing("mutex::open", options.name,
                          [&](failure& why) { return mutex(open_once(options, why)); });
}

mutex mutex::open(const mutex_open_options& options, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return mutex(open_once(options, why)); });
}

mutex mutex::open_within(const mutex_open_options& options, std::chrono::nanoseconds limit) {
  return detail::throwing("mutex::open", options.name, [&](failure& why) {
    return mutex(
        detail::until_found(limit, why, [&](failure& w) { return open_once(options, w); }));
  });
}

mutex mutex::open_within(const mutex_open_options& options, std::chrono::nanoseconds limit,
                         std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return mutex(
        detail::until_found(limit, why, [&](failure& w) { return open_once(options, w); }));
  });
}

wait_status mutex::lock() {
  if (taken_fast(state_.get(), word_)) [[likely]]
    return wait_status::signaled;
  return lock_within(detail::no_limit);
}

wait_status mutex::lock(std::error_code& ec) noexcept {
  if (taken_fast(state_.get(), word_)) [[likely]] {
    ec.clear();
    return wait_status::signaled;
  }
  return lock_within(detail::no_limit, ec);
}

bool mutex::try_lock() {
  return taken_fast(state_.get(), word_) ||
         lock_within(std::chrono::nanoseconds::zero()) != wait_status::timeout;
}

bool mutex::try_lock(std::error_code& ec) noexcept {
  return taken(lock_within(std::chrono::nanoseconds::zero(), ec));
}

wait_status mutex::lock_within(std::chrono::nanoseconds limit) {
  return detail::throwing("mutex::lock", name(),
                          [&](failure& why) { return take(state_.get(), limit, why); });
}

wait_status mutex::lock_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return take(state_.get(), limit, why); }, wait_status::failed);
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
  detail::throwing("mutex::unlock", name(), [&](failure& why) { give(state_.get(), why); });
}

void mutex::unlock_slowly(std::error_code& ec) noexcept {
  detail::reporting(ec, [&](failure& why) { give(state_.get(), why); });
}

bool mutex::abandoned() const noexcept { return state_ && state_->notes.noted(); }

std::optional<last_owner_info> mutex::last_owner() const {
  return detail::throwing("mutex::last_owner", name(), [&](failure& why) {
    return check_held(state_.get(), why) ? detail::mutex_last_owner(*state_, why) : std::nullopt;
  });
}

bool mutex::created() const noexcept { return state_ && state_->info.created; }

std::string_view mutex::name() const noexcept {
  return state_ ? std::string_view(state_->info.name) : std::string_view();
}

isthmus::access mutex::access() const noexcept {
  return state_ ? state_->info.access : isthmus::access::none;
}

creator_info mutex::creator() const {
  return detail::throwing("mutex::creator", name(),
                          [&](failure& why) { return creator_of(state_.get(), why); });
}

creator_info mutex::creator(std::error_code& ec) const noexcept {
  return detail::reporting(ec, [&](failure& why) { return creator_of(state_.get(), why); });
}

mutex mutex::duplicate() const { return duplicate(access()); }

mutex mutex::duplicate(std::error_code& ec) const noexcept { return duplicate(access(), ec); }

mutex mutex::duplicate(isthmus::access rights) const {
  return detail::throwing("mutex::duplicate", name(), [&](failure& why) {
    return mutex(duplicate_of(state_.get(), rights, why));
  });
}

mutex mutex::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return mutex(duplicate_of(state_.get(), rights, why)); });
}

void mutex::close() {
  const std::string closed(name());
  word_ = nullptr;
  detail::throwing("mutex::close", closed, [&](failure& why) {
    if (state_) detail::close_mutex_state(state_.release(), why);
  });
}

void mutex::close(std::error_code& ec) noexcept {
  word_ = nullptr;
  detail::reporting(ec, [&](failure& why) {
    if (state_) detail::close_mutex_state(state_.release(), why);
  });
}

}  // namespace isthmus
