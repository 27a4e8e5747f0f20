// SPDX-License-Identifier: MIT
//
// Objects whose kind is known only at run time: what a started process inherits (process.hpp) and
// what a channel carries (channel.hpp).
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/waitable.hpp>

#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace isthmus {

/// The kinds of object.
enum class object_kind { none, section, mutex, semaphore, event, timer };

/// "none", "section", "mutex" and so on.
[[nodiscard]] ISTHMUS_API std::string_view to_string(object_kind value) noexcept;

namespace detail {
template <class T>
inline constexpr object_kind object_kind_of =
    std::is_same_v<T, section>     ? object_kind::section
    : std::is_same_v<T, mutex>     ? object_kind::mutex
    : std::is_same_v<T, semaphore> ? object_kind::semaphore
    : std::is_same_v<T, event>     ? object_kind::event
    : std::is_same_v<T, timer>     ? object_kind::timer
                                   : object_kind::none;
[[noreturn]] ISTHMUS_API void raise_wrong_kind(object_kind held, object_kind wanted);
}  // namespace detail

/// Names an object that another process is to get, and optionally the rights that its handle will
/// have there: `orders`, or `{orders, access::read}`. A reference; the object must outlive it.
class object_ref {
 public:
  // NOLINTBEGIN(google-explicit-constructor): so that lists of objects read as such
  object_ref(const section& object) noexcept : section_(&object) {}
  object_ref(const waitable& object) noexcept : waitable_(&object) {}
  // NOLINTEND(google-explicit-constructor)
  object_ref(const section& object, access rights) noexcept : section_(&object), rights_(rights) {}
  object_ref(const waitable& object, access rights) noexcept
      : waitable_(&object), rights_(rights) {}

 private:
  friend struct detail::native_access;
  const section* section_ = nullptr;  // one of these two
  const waitable* waitable_ = nullptr;
  std::optional<access> rights_;  // absent: those of the handle
};

/// One object of any kind, or none. Move-only.
///
///     any_object got = …;
///     if (got.kind() == object_kind::section) serve(got.take<section>());
class any_object {
 public:
  any_object() noexcept = default;
  template <class T>
  requires(detail::object_kind_of<T> != object_kind::none) explicit any_object(T object) noexcept {
    if (object) held_ = std::move(object);
  }

  [[nodiscard]] object_kind kind() const noexcept {
    return static_cast<object_kind>(held_.index());
  }
  explicit operator bool() const noexcept { return kind() != object_kind::none; }

  /// The object, if it is of this kind, otherwise nullptr. It stays here.
  template <class T>
  [[nodiscard]] T* get() noexcept {
    return std::get_if<T>(&held_);
  }
  template <class T>
  [[nodiscard]] const T* get() const noexcept {
    return std::get_if<T>(&held_);
  }

  /// Moves the object out. wrong_kind if it is of another kind, or there is none; it stays then.
  template <class T>
  [[nodiscard]] T take() {
    if (get<T>() == nullptr) detail::raise_wrong_kind(kind(), detail::object_kind_of<T>);
    return moved_out<T>();
  }
  template <class T>
  [[nodiscard]] T take(std::error_code& ec) noexcept {
    ec.clear();
    if (get<T>() != nullptr) return moved_out<T>();
    ec = make_error_code(errc::wrong_kind);
    return {};
  }

  /// Of the object, as it says itself; empty or none where there is none.
  [[nodiscard]] ISTHMUS_API std::string_view name() const noexcept;
  [[nodiscard]] ISTHMUS_API isthmus::access access() const noexcept;

 private:
  template <class T>
  T moved_out() noexcept {
    T object = std::move(*get<T>());
    held_ = std::monostate{};
    return object;
  }

  // In the order of object_kind.
  std::variant<std::monostate, section, mutex, semaphore, event, timer> held_;
};

}  // namespace isthmus
