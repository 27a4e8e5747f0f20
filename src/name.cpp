// SPDX-License-Identifier: MIT
#include "name.hpp"

#include <cstddef>
#include <cstdint>

namespace isthmus {

std::string_view to_string(scope value) noexcept {
  switch (value) {
    case scope::automatic:
      return "automatic";
    case scope::session:
      return "session";
    case scope::global:
      return "global";
  }
  return "unknown";
}

}  // namespace isthmus

namespace isthmus::detail {
namespace {

/// Whether the text is well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
bool valid_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80             ? 1
                               : (lead & 0xE0) == 0xC0 ? 2
                               : (lead & 0xF0) == 0xE0 ? 3
                               : (lead & 0xF8) == 0xF0 ? 4
                                                       : 0;
    if (length == 0 || text.size() - i < length) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3Fu);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      return false;
    i += length;
  }
  return true;
}

/// Takes a known prefix off and says which scope it names.
scope take_prefix(std::string_view& name) noexcept {
  constexpr std::string_view local = "Local\\";
  constexpr std::string_view global = "Global\\";
  if (name.starts_with(local)) {
    name.remove_prefix(local.size());
    return scope::session;
  }
  if (name.starts_with(global)) {
    name.remove_prefix(global.size());
    return scope::global;
  }
  return scope::automatic;
}

}  // namespace

parsed_name parse_name(std::string_view name, scope where, failure& why) {
  if (name.empty()) return {{}, where == scope::automatic ? scope::session : where};
  std::string_view rest = name;
  const scope prefix = take_prefix(rest);
  if (prefix != scope::automatic && where != scope::automatic && prefix != where) {
    why.set(errc::invalid_argument, "the name's prefix says another scope than the option `scope`");
    return {};
  }
  if (prefix == scope::automatic && (rest == "Local" || rest == "Global" || rest == "Session")) {
    why.set(errc::invalid_name,
            "Local, Global and Session alone are reserved; choose another name");
    return {};
  }
  if (rest.size() > max_name_length) {
    why.set(errc::name_too_long);
    return {};
  }
  if (rest.empty()) {
    why.set(errc::invalid_name, "there is nothing after the name's prefix");
    return {};
  }
  if (rest.find('\\') != std::string_view::npos) {
    why.set(errc::invalid_name,
            "a backslash may only follow a leading `Local` or `Global`, exactly so");
    return {};
  }
  if (rest.find('\0') != std::string_view::npos || !valid_utf8(rest)) {
    why.set(errc::invalid_name, "the name is not UTF-8 without NUL bytes");
    return {};
  }
  return {rest, without_prefix(prefix != scope::automatic ? prefix : where)};
}

parsed_name parse_required_name(std::string_view name, scope where, failure& why) {
  if (name.empty()) {
    why.set(errc::invalid_argument, "open needs a name");
    return {};
  }
  return parse_name(name, where, why);
}

}  // namespace isthmus::detail
