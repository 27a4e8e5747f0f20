// SPDX-License-Identifier: MIT
#include <isthmus/error.hpp>

#include "failure.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace isthmus {
namespace {

struct entry {
  std::string_view name;
  std::string_view message;
};

constexpr std::array<entry, 22> table{{
    {"success", "success"},
    {"already_exists", "an object of this name exists already"},
    {"not_found", "there is no object of this name"},
    {"wrong_kind", "the name belongs to an object of another kind"},
    {"invalid_name", "not a valid name (see isthmus/name.hpp)"},
    {"name_too_long", "the name is too long (1024 bytes at most)"},
    {"invalid_argument", "invalid argument"},
    {"access_denied",
     "access denied: the permissions or the rights of this handle do not allow it"},
    {"not_owner", "this thread does not own the mutex"},
    {"limit_exceeded", "a maximum would be exceeded"},
    {"out_of_range", "beyond the end"},
    {"not_enough_memory", "not enough memory"},
    {"no_space", "no space for the section's bytes"},
    {"too_many_handles", "no descriptor or handle is left; raise the limit or close some"},
    {"address_in_use", "the address is in use"},
    {"incompatible_version", "the object was made by an incompatible version of isthmus"},
    {"damaged", "what is there is not a sound object"},
    {"untrusted", "what is there belongs to somebody who must not interfere"},
    {"file_changed", "the file is not the one that the section was made from"},
    {"busy", "somebody stopped in the middle of an operation on this object; try again"},
    {"closed", "the other end of the channel has gone"},
    {"not_supported", "not supported"},
}};

const entry& entry_of(int value) noexcept {
  static constexpr entry unknown{"unknown", "unknown error"};
  return value >= 0 && static_cast<std::size_t>(value) < table.size()
             ? table[static_cast<std::size_t>(value)]
             : unknown;
}

class isthmus_category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "isthmus"; }
  [[nodiscard]] std::string message(int value) const override {
    return std::string(entry_of(value).message);
  }
  [[nodiscard]] bool equivalent(const std::error_code& code, int value) const noexcept override {
    if (code.category() == *this) return code.value() == value;
    return code.category() == std::system_category() &&
           detail::native_means(code.value(), static_cast<errc>(value));
  }
};

}  // namespace

const std::error_category& category() noexcept {
  // Never destroyed: error codes are compared in exit handlers, too.
  alignas(isthmus_category) static std::byte storage[sizeof(isthmus_category)];
  static const auto* const instance = new (storage) isthmus_category;
  return *instance;
}

std::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

std::error_condition make_error_condition(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

std::string_view to_string(errc value) noexcept { return entry_of(static_cast<int>(value)).name; }

error::error(std::error_code code, const std::string& text)
    : std::system_error(code), text_(text) {}

const char* error::what() const noexcept { return text_.what(); }

}  // namespace isthmus
