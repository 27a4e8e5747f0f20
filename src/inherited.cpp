// SPDX-License-Identifier: MIT
#include "inherited.hpp"

#include "atomically.hpp"
#include "estate.hpp"
#include "native.hpp"

#include <isthmus/inherited.hpp>
#include <isthmus/native.hpp>

#include <fmt/format.h>

#include <type_traits>
#include <utility>

namespace isthmus::detail {
namespace {

template <class T>
any_object another(const any_object& from, failure& why) {
  const auto* const state = native_access::state(*from.get<T>());
  if constexpr (std::is_same_v<T, section>)
    return any_object(native_access::wrap<T>(duplicate_section(*state, state->info.access, why)));
  else
    return any_object(
        native_access::wrap<T>(duplicate_dispatcher(*state, state->info.access, why)));
}

std::string_view kind_word(const heirloom& what) noexcept {
  switch (what.kind) {
    case heirloom_kind::object:
      return to_string(what.object.kind());
    case heirloom_kind::end:
      return "channel";
    case heirloom_kind::native:
      break;
  }
  return "native handle";
}

/// What has this key, if it is of the kind that is wanted.
const heirloom* find_heirloom(std::string_view key, std::string_view wanted, failure& why) {
  const heirloom* const found = estate::own().find(key);
  if (found == nullptr) {
    why.set(errc::not_found, "nothing was passed to this process under this key");
  } else if (found->problem) {
    why = found->problem;
  } else if (kind_word(*found) != wanted) {
    why.set(errc::wrong_kind, fmt::format("what was passed under this key is a {}, not a {}",
                                          kind_word(*found), wanted));
  }
  return why ? nullptr : found;
}

channel take_inherited_end(std::string_view key, failure& why) {
  const heirloom* const found = find_heirloom(key, "channel", why);
  if (found == nullptr) return {};
  if (!detail::atomically(found->taken).exchange(true)) return std::move(found->end);
  why.set(errc::not_found, "this end of a channel has been taken already; there is only one of it");
  return {};
}

carrier copy_inherited_native(std::string_view key, failure& why) {
  const heirloom* const found = find_heirloom(key, "native handle", why);
  if (found == nullptr) return {};
  carrier copy = copy_inherited(found->native.get());
  if (!copy) why.set(errc::too_many_handles, "no handle is left for a copy; close some");
  return copy;
}

any_object find_inherited(std::string_view key, object_kind wanted, failure& why) {
  const heirloom* const found = find_heirloom(key, to_string(wanted), why);
  if (found == nullptr) return {};
  switch (wanted) {
    case object_kind::section:
      return another<section>(found->object, why);
    case object_kind::mutex:
      return another<mutex>(found->object, why);
    case object_kind::semaphore:
      return another<semaphore>(found->object, why);
    case object_kind::event:
      return another<event>(found->object, why);
    case object_kind::timer:
      return another<timer>(found->object, why);
    case object_kind::none:
      break;
  }
  return {};
}

}  // namespace

any_object inherited_object(std::string_view key, object_kind wanted) {
  return throwing("inherited", key, [&](failure& why) { return find_inherited(key, wanted, why); });
}

any_object inherited_object(std::string_view key, object_kind wanted,
                            std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) { return find_inherited(key, wanted, why); });
}

void forget_inherited(std::string_view key, std::error_code& ec) noexcept {
  reporting(ec, [&](failure&) { estate::own().forget(key); });
}

channel inherited_channel(std::string_view key) {
  return throwing("inherited", key, [&](failure& why) { return take_inherited_end(key, why); });
}

channel inherited_channel(std::string_view key, std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) { return take_inherited_end(key, why); });
}

}  // namespace isthmus::detail

namespace isthmus {

native_handle_type inherited_native(std::string_view key) {
  return detail::throwing("inherited_native", key, [&](detail::failure& why) {
    return detail::copy_inherited_native(key, why).release();
  });
}

native_handle_type inherited_native(std::string_view key, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](detail::failure& why) { return detail::copy_inherited_native(key, why).release(); });
}

}  // namespace isthmus
