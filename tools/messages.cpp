// SPDX-License-Identifier: MIT
#include "messages.hpp"

#include "names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tool {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> words{{
    {"isthmus::clean()", "'isthmus clean'"},
    {"scope::global", "--scope global"},
    {"the option `scope`", "--scope"},
    {"(see isthmus/name.hpp)", "(see NAMES in isthmus(1))"},
    {"use section_from_native", "give its name"},
}};

/// Whether a text is `word` or `word::word`: what the library calls an operation.
bool is_operation(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || c == ':';
  });
}

}  // namespace

std::string for_people(std::string_view text) {
  std::string said(text);
  for (const auto& [from, to] : words)
    for (auto at = said.find(from); at != said.npos; at = said.find(from, at + to.size()))
      said.replace(at, from.size(), to);
  return said;
}

std::string for_people(const isthmus::error& failure) {
  const std::string_view text = failure.what();
  constexpr std::string_view opens = "(\"";
  constexpr std::string_view closes = "\"): ";
  const auto name = text.find(opens);
  // The last one: a name may have these characters, the library's own words have not.
  const auto end = text.rfind(closes);
  if (name != text.npos && end != text.npos && end > name && is_operation(text.substr(0, name))) {
    const auto first = name + opens.size();
    const std::string_view what = text.substr(first, end - first);
    const std::string_view called = text.substr(0, name);
    const bool of_scope = called == "inspect_all" || called == "clean" || called == "leftovers";
    return (of_scope ? fmt::format("scope {}", what) : fmt::format("\"{}\"", name_text(what))) +
           ": " + for_people(text.substr(end + closes.size()));
  }
  const auto colon = text.find(": ");
  const bool called = colon != text.npos && is_operation(text.substr(0, colon));
  return for_people(called ? text.substr(colon + 2) : text);
}

}  // namespace tool
