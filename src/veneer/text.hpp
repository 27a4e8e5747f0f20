// SPDX-License-Identifier: MIT
//
// UTF-8, which is the veneer's ANSI code page, and UTF-16, which its wide texts are.
#pragma once

#include <string>
#include <string_view>

namespace isthmus::veneer {

/// Whether the bytes are well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The text as UTF-8; false where there is half of a pair in it.
[[nodiscard]] bool to_utf8(std::u16string_view text, std::string& made);

/// The text as UTF-16; false where it is not UTF-8.
[[nodiscard]] bool to_utf16(std::string_view text, std::u16string& made);

}  // namespace isthmus::veneer
