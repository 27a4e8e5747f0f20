// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <vector>

namespace tool {
namespace {

constexpr std::size_t columns = 8;
using row = std::array<std::string, columns>;

constexpr std::array<std::string_view, columns> titles{"KIND",    "NAME",    "STATE", "SIZE",
                                                       "HOLDERS", "WAITERS", "MODE",  "AGE"};
constexpr std::size_t name_column = 1;
/// How far a column may be cut; 0: not at all.
constexpr std::array<std::size_t, columns> least{0, 0, 12, 0, 10, 0, 4, 0};
/// A name is cut last of all, since it tells the rows apart.
constexpr std::size_t least_of_name = 4;

row row_of(const isthmus::object_report& each) {
  row cells{kind_text(each), full_name(each), state_text(each)};
  if (each.kind == isthmus::object_kind::none && each.permissions.empty()) return cells;
  cells[3] = size_text(each);
  cells[4] = holders_text(each);
  cells[5] = waiters_text(each);
  cells[6] = permissions_text(each);
  cells[7] = age_text(each);
  return cells;
}

bool starts_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// How many columns a text takes: as many as fmt counts, for which some characters have two.
std::size_t length_of(std::string_view text) {
  const std::size_t more = 2 * text.size();
  return more - (fmt::formatted_size("{:<{}}", text, more) - text.size());
}

/// The text in exactly so many columns, but for the last one, which ends where it ends.
std::string fitted(std::string_view text, std::size_t width, bool last) {
  const std::size_t length = length_of(text);
  if (length <= width) return std::string(text) + std::string(last ? 0 : width - length, ' ');
  std::size_t end = 0;
  for (std::size_t i = 1; i <= text.size() && length_of(text.substr(0, end)) < width; ++i) {
    if (i < text.size() && !starts_character(text[i])) continue;
    if (length_of(text.substr(0, i)) > width - 1) break;
    end = i;
  }
  std::string cut = std::string(text.substr(0, end)) + "\u2026";
  return cut + std::string(last ? 0 : width - length_of(cut), ' ');
}

/// The same, cut in the middle: names have much in common at their beginnings, or at their ends.
std::string fitted_name(std::string_view text, std::size_t width, bool last) {
  if (length_of(text) <= width || width < 3) return fitted(text, width, last);
  std::size_t tail = text.size();
  for (std::size_t i = tail; i-- > 0 && length_of(text.substr(i)) <= width / 2;)
    if (starts_character(text[i])) tail = i;
  const std::string_view end = text.substr(tail);
  std::string head = fitted(text, width - length_of(end), true);
  return fitted(head.append(end), width, last);
}

/// Of as many columns as there is room for. Kind and name are there wherever they can be.
std::vector<std::size_t> widths_for(const std::vector<row>& rows, std::size_t limit) {
  std::vector<std::size_t> widths(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    for (const row& each : rows) widths[i] = std::max(widths[i], length_of(each[i]));
  }
  if (limit == 0) return widths;
  const auto narrowest = [&](std::size_t i) {
    return least[i] == 0 ? widths[i] : std::min(widths[i], least[i]);
  };
  std::size_t needed = 2 * (columns - 1);
  for (std::size_t i = 0; i < columns; ++i) needed += narrowest(i);
  for (; needed > limit && widths.size() > name_column + 1; widths.pop_back())
    needed -= narrowest(widths.size() - 1) + 2;
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1));
  };
  while (total() > limit) {
    std::size_t widest = columns;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > narrowest(i) && (widest == columns || widths[i] > widths[widest])) widest = i;
    if (widest == columns) break;
    --widths[widest];
  }
  if (widths.size() > name_column && total() > limit) {
    std::size_t& name = widths[name_column];
    const std::size_t rest = total() - name;
    if (limit >= rest + least_of_name) name = limit - rest;
  }
  // On the narrowest of screens fewer, and the last one is cut.
  while (total() > limit && widths.size() > 1) widths.pop_back();
  widths.back() = std::max<std::size_t>(1, std::min(widths.back(), limit));
  return widths;
}

std::string_view colour_of(const isthmus::object_report& object) noexcept {
  if (object.leftover || !object.problem.empty()) return "\x1b[33m";
  const auto* const mutex = std::get_if<isthmus::mutex_report>(&object.state);
  if (mutex != nullptr && mutex->use == isthmus::mutex_use::abandoned) return "\x1b[31m";
  return "";
}

}  // namespace

std::string table_of(std::span<const isthmus::object_report> objects, std::size_t width,
                     bool colour) {
  std::vector<row> rows(1);
  std::copy(titles.begin(), titles.end(), rows.front().begin());
  for (const auto& each : objects) rows.push_back(row_of(each));
  const auto widths = widths_for(rows, width);
  std::string text;
  for (std::size_t line = 0; line < rows.size(); ++line) {
    const std::string_view paint = !colour     ? std::string_view()
                                   : line == 0 ? "\x1b[1m"
                                               : colour_of(objects[line - 1]);
    text += paint;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (i != 0) text += "  ";
      const bool last = i + 1 == widths.size();
      text += i == name_column ? fitted_name(rows[line][i], widths[i], last)
                               : fitted(rows[line][i], widths[i], last);
    }
    if (!paint.empty()) text += "\x1b[0m";
    text += '\n';
  }
  return text;
}

}  // namespace tool
