// SPDX-License-Identifier: MIT
#include "wait.hpp"

#include "backend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace isthmus::detail {
namespace {

constexpr wait_result failed_result{wait_status::failed, 0};

/// The objects behind a list, all of them fit to be waited for.
class checked_list {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): objects_ is filled as far as needed
  checked_list(wait_kind kind, std::span<const wait_ref> list, failure& why) {
    if (list.empty() || list.size() > objects_.size()) {
      why.set(errc::invalid_argument,
              fmt::format("{} objects; a wait is for 1 to {}", list.size(), max_wait_objects));
      return;
    }
    for (const wait_ref& one : list) {
      dispatcher* const object = native_access::state(one.get());
      if (!check_may(object, "object", access::wait, why)) {
        why.detail = fmt::format("object {} of {}: {}", size_, list.size(), why.detail);
        return;
      }
      objects_[size_++] = object;
    }
    if (kind == wait_kind::any) return;
    auto copy = objects_;
    const std::span<dispatcher*> sorted(copy.data(), size_);
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
      why.set(errc::invalid_argument, "an object is in the list twice");
  }

  [[nodiscard]] std::span<dispatcher* const> objects() const noexcept {
    return {objects_.data(), size_};
  }

 private:
  std::array<dispatcher*, max_wait_objects> objects_;
  std::size_t size_ = 0;
};

/// The short way of a wait for any; true where it was enough. All handles are checked before
/// anything changes; one that has its word has the right.
bool taken_fast(wait_kind kind, std::span<const wait_ref> list, wait_result& result) noexcept {
  if (kind != wait_kind::any || list.size() > max_wait_objects) return false;
  const auto word = [&](std::size_t i) { return native_access::word(list[i].get()); };
  glance seen = glance::empty;
  std::size_t i = 0;
  while (i < list.size() && (seen = fast_glance(word(i))) == glance::empty) ++i;
  if (seen != glance::ready) return false;
  for (std::size_t rest = i + 1; rest < list.size(); ++rest)
    if (word(rest) == nullptr) return false;
  result = {wait_status::signaled, i};
  return fast_wait(word(i));
}

wait_result take(wait_kind kind, const wait_list& list, std::chrono::nanoseconds limit,
                 failure& why) {
  const checked_list checked(kind, list.objects(), why);
  if (why) return failed_result;
  const auto objects = checked.objects();
  const wait_result result = wait_for_many(kind, objects, limit, why);
  const bool abandoned = result.status == wait_status::abandoned;
  if (!abandoned && result.status != wait_status::signaled) return result;
  if (kind == wait_kind::any) {
    objects[result.index]->notes.note(abandoned);
  } else {
    for (dispatcher* const one : objects)
      if (one->kind == kind::mutex) one->notes.note(abandoned);
  }
  return result;
}

wait_status signal_then_take(const waitable& signaled, const waitable& awaited,
                             std::chrono::nanoseconds limit, const longer_wait& more,
                             failure& why) {
  dispatcher* const first = native_access::state(signaled);
  dispatcher* const second = native_access::state(awaited);
  if (!check_held(first, "object to signal", why) ||
      !check_may(second, "object to wait for", access::wait, why))
    return wait_status::failed;
  // A mutex needs no right to be unlocked.
  if (first->kind != kind::mutex && !check_may(first, "object to signal", access::modify, why))
    return wait_status::failed;
  if (first->kind == kind::timer || first->kind == kind::process) {
    why.set(errc::invalid_argument, first->kind == kind::timer
                                        ? "a timer cannot be signalled; arm it instead"
                                        : "a process cannot be signalled");
    return wait_status::failed;
  }
  const wait_status status = signal_and_wait_for(*first, *second, limit, more, why);
  if (status == wait_status::abandoned || status == wait_status::signaled)
    second->notes.note(status == wait_status::abandoned);
  return status;
}

}  // namespace

wait_result wait_many(wait_kind kind, const wait_list& list, std::chrono::nanoseconds limit) {
  wait_result result;
  if (taken_fast(kind, list.objects(), result)) return result;
  return throwing(kind == wait_kind::any ? "wait_any" : "wait_all", {},
                  [&](failure& why) { return take(kind, list, limit, why); });
}

wait_result wait_many(wait_kind kind, const wait_list& list, std::chrono::nanoseconds limit,
                      std::error_code& ec) noexcept {
  wait_result result;
  if (taken_fast(kind, list.objects(), result)) {
    ec.clear();
    return result;
  }
  return reporting(
      ec, [&](failure& why) { return take(kind, list, limit, why); }, failed_result);
}

wait_status signal_and_wait(waitable& signaled, waitable& awaited, std::chrono::nanoseconds limit,
                            const longer_wait& more) {
  return throwing("signal_and_wait", signaled.name(), [&](failure& why) {
    return signal_then_take(signaled, awaited, limit, more, why);
  });
}

wait_status signal_and_wait(waitable& signaled, waitable& awaited, std::chrono::nanoseconds limit,
                            const longer_wait& more, std::error_code& ec) noexcept {
  return reporting(
      ec, [&](failure& why) { return signal_then_take(signaled, awaited, limit, more, why); },
      wait_status::failed);
}

}  // namespace isthmus::detail
