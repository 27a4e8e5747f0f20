// SPDX-License-Identifier: MIT
//
// Words and how often they occur, in private memory. A word is what wc takes for one: a run of
// bytes that are not white space. Two words are the same if they are so without upper case and
// without punctuation around them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wordcount {

/// Words of more bytes are counted, but not told apart.
inline constexpr std::size_t longest_word = 64;

/// The words of a text, counted in the simplest way.
[[nodiscard]] std::uint64_t count_words(std::string_view text) noexcept;

/// How often each word of a part of a text occurs.
class frequencies {
 public:
  struct entry {
    std::uint32_t hash;
    std::uint32_t length;
    std::size_t start;  ///< in the bytes of all words
    std::uint64_t count;
  };

  /// Forgets everything and counts the words that begin in [begin, end); the last one may go on
  /// behind it.
  void count(std::string_view text, std::size_t begin, std::size_t end);

  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::string_view word(const entry& of) const noexcept {
    return std::string_view(bytes_).substr(of.start, of.length);
  }
  [[nodiscard]] std::uint64_t words() const noexcept { return words_; }  ///< the long ones as well
  [[nodiscard]] std::uint64_t too_long() const noexcept { return too_long_; }

 private:
  void add(std::string_view raw);
  void grow();

  std::vector<entry> entries_;
  std::vector<std::uint32_t> places_;  ///< by hash: number of the entry plus one, 0 is free
  std::string bytes_;
  std::uint64_t words_ = 0;
  std::uint64_t too_long_ = 0;
};

}  // namespace wordcount
