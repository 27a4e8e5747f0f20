// SPDX-License-Identifier: MIT
//
// How a failure travels inside the library: backends fill in a `failure`; the two public forms of
// each operation are made from that in one place each.
#pragma once

#include <isthmus/error.hpp>

#include <cstdint>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace isthmus::detail {

/// Why an operation failed. Empty (no code) means that it did not.
struct failure {
  std::error_code code;
  std::string detail;  ///< for people: figures, and what to do; empty: the code's own message

  explicit operator bool() const noexcept { return static_cast<bool>(code); }

  void set(errc value, std::string text = {}) {
    code = make_error_code(value);
    detail = std::move(text);
  }
  /// What the system found, with its own number.
  void set_native(int number, std::string text = {}) {
    code = {number, std::system_category()};
    detail = std::move(text);
  }
  void clear() noexcept {
    code.clear();
    detail.clear();
  }
};

/// What the user called: "section::create", or {"section", "create"}.
struct operation {
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr operation(const char* whole) noexcept : text(whole) {}
  constexpr operation(std::string_view kind, std::string_view which) noexcept
      : text(kind), function(which) {}
  std::string_view text;
  std::string_view function = {};
};

/// Throws the failure as isthmus::error: `operation("name"): text`.
[[noreturn]] void raise(const operation& called, std::string_view name, const failure& why);

/// The throwing form: runs `work(failure&)` and throws what it reports.
template <class Work>
decltype(auto) throwing(const operation& called, std::string_view name, Work&& work) {
  failure why;
  if constexpr (std::is_void_v<std::invoke_result_t<Work, failure&>>) {
    std::forward<Work>(work)(why);
    if (why) raise(called, name, why);
  } else {
    auto result = std::forward<Work>(work)(why);
    if (why) raise(called, name, why);
    return result;
  }
}

/// The std::error_code form: runs `work(failure&)` and reports in `ec`; `otherwise` is the result
/// where memory ran out on the way.
template <class Work, class Result = std::invoke_result_t<Work, failure&>>
Result reporting(std::error_code& ec, Work&& work, Result otherwise = {}) noexcept {
  try {
    failure why;
    Result result = std::forward<Work>(work)(why);
    ec = why.code;
    return result;
  } catch (const std::bad_alloc&) {
    ec = make_error_code(errc::not_enough_memory);
  }
  return otherwise;
}
template <class Work>
requires std::is_void_v<std::invoke_result_t<Work, failure&>>
void reporting(std::error_code& ec, Work&& work) noexcept {
  try {
    failure why;
    std::forward<Work>(work)(why);
    ec = why.code;
  } catch (const std::bad_alloc&) {
    ec = make_error_code(errc::not_enough_memory);
  }
}

/// A path for a message, as UTF-8; empty where it cannot be written so.
[[nodiscard]] std::string text_of(const std::filesystem::path& path) noexcept;

/// 1536 as "1.5 KiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

/// Backend contract (src/win32/error.cpp, src/posix/error.cpp): whether the system's error `number`
/// means `value`. A number may mean several things, depending on what was asked.
[[nodiscard]] bool native_means(int number, errc value) noexcept;

}  // namespace isthmus::detail
