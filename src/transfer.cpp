// SPDX-License-Identifier: MIT
#include "transfer.hpp"

#include "kind.hpp"
#include "name.hpp"
#include "native.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <span>

namespace isthmus::detail {
namespace {

/// The text's first field, so that a text of another version is not taken for one of ours.
constexpr std::uint64_t text_version = 1;

constexpr std::string_view digits = "0123456789abcdef";

/// In `kind` and `object_kind` the same kind has the same number.
static_assert(static_cast<int>(kind::section) == static_cast<int>(object_kind::section) &&
              static_cast<int>(kind::timer) == static_cast<int>(object_kind::timer));

std::string hex(std::string_view text) {
  std::string result;
  result.reserve(2 * text.size());
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    result += digits[value >> 4];
    result += digits[value & 15];
  }
  return result;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string result;
  result.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]);
    const auto low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    result += static_cast<char>(high << 4 | low);
  }
  return result;
}

/// Reads fields of hexadecimal digits with dots between them.
class field_reader {
 public:
  explicit field_reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] std::uint64_t number(std::uint64_t most) noexcept {
    const std::string_view field = next();
    std::uint64_t value = 0;
    const auto [end, problem] =
        std::from_chars(field.data(), field.data() + field.size(), value, 16);
    if (problem != std::errc() || end != field.data() + field.size() || value > most) good_ = false;
    return value;
  }
  [[nodiscard]] std::string_view next() noexcept {
    if (ended_) good_ = false;
    const auto dot = rest_.find('.');
    const std::string_view field = rest_.substr(0, dot);
    ended_ = dot == std::string_view::npos;
    rest_ = ended_ ? std::string_view() : rest_.substr(dot + 1);
    return field;
  }
  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool all_read() const noexcept { return good_ && ended_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
  bool good_ = true;
};

constexpr std::uint64_t every_section_right =
    static_cast<std::uint64_t>(access::read | access::write | access::copy | access::execute);
constexpr std::uint64_t any = ~std::uint64_t{0};

/// Rights that the kind has, and at least one; of a section none that its pages forbid.
bool makes_sense(const parcel& what) noexcept {
  if (what.access == access::none) return false;
  if (what.kind != object_kind::section) return includes(dispatcher_rights, what.access);
  return what.size != 0 && what.pages != access::none &&
         includes(what.pages | access::copy, what.access);
}

bool damaged_parcel(failure& why, const char* what) {
  why.set(errc::damaged, fmt::format("what has arrived is not an object ({})", what));
  return false;
}

}  // namespace

std::string describe(const parcel& what) {
  return fmt::format("{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{}", text_version,
                     static_cast<unsigned>(what.kind), static_cast<unsigned>(what.access),
                     static_cast<unsigned>(what.where), what.identity[0], what.identity[1],
                     what.size, static_cast<unsigned>(what.pages), what.file ? 1 : 0,
                     hex(what.name));
}

bool parse(std::string_view text, parcel& made, failure& why) {
  field_reader fields(text);
  if (fields.number(any) != text_version && fields.good()) {
    why.set(errc::incompatible_version,
            "the object comes from another version of isthmus; use the same on both sides");
    return false;
  }
  made.kind = static_cast<object_kind>(fields.number(static_cast<unsigned>(object_kind::timer)));
  made.access = static_cast<access>(fields.number(63));
  made.where = static_cast<scope>(fields.number(static_cast<unsigned>(scope::global)));
  for (std::uint64_t& half : made.identity) half = fields.number(any);
  made.size = fields.number(any >> 1);
  made.pages = static_cast<access>(fields.number(every_section_right));
  made.file = fields.number(1) != 0;
  const auto name = unhex(fields.next());
  if (!name || !fields.all_read() || made.kind == object_kind::none ||
      made.where == scope::automatic || !makes_sense(made))
    return damaged_parcel(why, "its description");
  made.name = *name;
  failure invalid;
  if (const auto parsed = parse_name(made.name, made.where, invalid);
      invalid || parsed.text != made.name)
    return damaged_parcel(why, "its name");
  return true;
}

bool pack(const object_ref& what, parcel& made, failure& why) {
  if (const section* const object = native_access::section_of(what)) {
    const section_state* const state = native_access::state(*object);
    if (state == nullptr) {
      why.set(errc::invalid_argument, "the section is empty (moved from or closed)");
      return false;
    }
    const access rights = native_access::rights_of(what).value_or(state->info.access);
    if (!includes(static_cast<access>(every_section_right), rights)) {
      why.set(errc::invalid_argument,
              "a section's rights are read, write, copy and execute, at least one of them");
      return false;
    }
    made.kind = object_kind::section;
    made.access = rights;
    made.where = state->info.where;
    made.name = state->info.name;
    made.size = state->size;
    made.file = state->file;
    if (rights != access::none) return pack_section(*state, rights, made, why);
  } else {
    const dispatcher* const state = native_access::state(*native_access::waitable_of(what));
    if (!check_held(state, "object", why)) return false;
    if (state->kind == kind::process) {
      why.set(errc::invalid_argument, "a process cannot be passed on; pass its number on");
      return false;
    }
    const access rights = native_access::rights_of(what).value_or(state->info.access);
    if (!includes(dispatcher_rights, rights)) {
      why.set(errc::invalid_argument, "the rights are wait and modify, at least one of them");
      return false;
    }
    made.kind = static_cast<object_kind>(state->kind);
    made.access = rights;
    made.where = state->info.where;
    made.name = state->info.name;
    if (rights != access::none) return pack_dispatcher(*state, rights, made, why);
  }
  why.set(errc::access_denied, "no right was asked for");
  return false;
}

any_object unpack(parcel what, failure& why) {
  const auto of = static_cast<kind>(what.kind);
  switch (what.kind) {
    case object_kind::section:
      return any_object(native_access::wrap<section>(unpack_section(what, why)));
    case object_kind::mutex:
      return any_object(native_access::wrap<mutex>(unpack_dispatcher(of, what, why)));
    case object_kind::semaphore:
      return any_object(native_access::wrap<semaphore>(unpack_dispatcher(of, what, why)));
    case object_kind::event:
      return any_object(native_access::wrap<event>(unpack_dispatcher(of, what, why)));
    case object_kind::timer:
      return any_object(native_access::wrap<timer>(unpack_dispatcher(of, what, why)));
    case object_kind::none:
      break;
  }
  damaged_parcel(why, "no kind");
  return {};
}

}  // namespace isthmus::detail
