// SPDX-License-Identifier: MIT
#include "words.hpp"

#include <algorithm>
#include <array>

namespace wordcount {

namespace {

enum class sort : std::uint8_t { space, punctuation, other };

struct letter {
  sort what;
  char lower;
};

constexpr std::array<letter, 256> make_letters() {
  std::array<letter, 256> letters{};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const auto c = static_cast<unsigned char>(i);
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    const bool punctuation = (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
                             (c > 'z' && c < 0x7f);
    letters.at(i).what = space ? sort::space : punctuation ? sort::punctuation : sort::other;
    letters.at(i).lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  return letters;
}

constexpr auto letters = make_letters();

letter look_up(char c) noexcept { return letters[static_cast<unsigned char>(c)]; }
bool is_space(char c) noexcept { return look_up(c).what == sort::space; }

/// The word without the punctuation around it, or as it is where there is nothing else.
std::string_view trimmed(std::string_view word) noexcept {
  const auto outer = [](char c) { return look_up(c).what == sort::punctuation; };
  auto inside = word;
  while (!inside.empty() && outer(inside.front())) inside.remove_prefix(1);
  while (!inside.empty() && outer(inside.back())) inside.remove_suffix(1);
  return inside.empty() ? word : inside;
}

}  // namespace

std::uint64_t count_words(std::string_view text) noexcept {
  std::uint64_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = is_space(c);
    words += static_cast<std::uint64_t>(!space && !inside);
    inside = !space;
  }
  return words;
}

void frequencies::count(std::string_view text, std::size_t begin, std::size_t end) {
  entries_.clear();
  bytes_.clear();
  std::fill(places_.begin(), places_.end(), 0);
  words_ = too_long_ = 0;

  std::size_t at = begin;
  if (at > 0 && !is_space(text[at - 1])) {  // in the middle of a word that is another part's
    while (at < end && !is_space(text[at])) ++at;
  }
  for (;;) {
    while (at < end && is_space(text[at])) ++at;
    if (at >= end) return;
    const auto start = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    add(text.substr(start, at - start));
  }
}

void frequencies::add(std::string_view raw) {
  ++words_;
  const auto word = trimmed(raw);
  if (word.size() > longest_word) {
    ++too_long_;
    return;
  }
  std::array<char, longest_word> lower;  // NOLINT(cppcoreguidelines-pro-type-member-init): hot
  std::uint32_t hash = 2166136261U;      // FNV-1a
  for (std::size_t i = 0; i < word.size(); ++i) {
    lower[i] = look_up(word[i]).lower;
    hash = (hash ^ static_cast<unsigned char>(lower[i])) * 16777619U;
  }
  const std::string_view key(lower.data(), word.size());

  if (4 * (entries_.size() + 1) > 3 * places_.size()) grow();
  const auto mask = places_.size() - 1;
  auto place = hash & mask;
  for (; places_[place] != 0; place = (place + 1) & mask) {
    auto& known = entries_[places_[place] - 1];
    if (known.hash == hash && this->word(known) == key) {
      ++known.count;
      return;
    }
  }
  entries_.push_back({hash, static_cast<std::uint32_t>(key.size()), bytes_.size(), 1});
  bytes_.append(key);
  places_[place] = static_cast<std::uint32_t>(entries_.size());
}

void frequencies::grow() {
  places_.assign(std::max<std::size_t>(1024, 2 * places_.size()), 0);
  const auto mask = places_.size() - 1;
  std::uint32_t number = 0;
  for (const auto& known : entries_) {
    auto place = known.hash & mask;
    while (places_[place] != 0) place = (place + 1) & mask;
    places_[place] = ++number;
  }
}

}  // namespace wordcount
