// SPDX-License-Identifier: MIT
//
// This very program once more, started with CreateProcess as one of its children (CHILD in
// support/child.hpp), in both forms.
#pragma once

#include "calls.hpp"
#include "support.hpp"
#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace veneer_tests {

using wide_text = std::basic_string<WCHAR>;

inline wide_text wide_of(std::string_view text) {
  const int length = static_cast<int>(text.size());
  if (length == 0) return {};
  wide_text made(text.size(), WCHAR{});
  made.resize(static_cast<std::size_t>(
      MultiByteToWideChar(CP_UTF8, 0, text.data(), length, made.data(), length)));
  return made;
}

/// The forms with A and those with W.
struct ansi {
  using text = std::string;
  using character = char;
  using startup = STARTUPINFOA;
  static constexpr DWORD environment_flag = 0;
  static constexpr auto create_process = CreateProcessA;
  static text of(std::string_view from) { return text(from); }
};
struct unicode {
  using text = wide_text;
  using character = WCHAR;
  using startup = STARTUPINFOW;
  static constexpr DWORD environment_flag = CREATE_UNICODE_ENVIRONMENT;
  static constexpr auto create_process = CreateProcessW;
  static text of(std::string_view from) { return wide_of(from); }
};

/// The program as a path in UTF-8.
inline std::string child_path() {
  const auto path = support::child_program().u8string();
  return {path.begin(), path.end()};
}

/// A command line that runs the child; the arguments need no quotes, or have them.
inline std::string child_line(std::string_view child, std::string_view arguments = {}) {
  auto line = '"' + child_path() + "\" " + support::child_argument(child);
  if (!arguments.empty()) line.append(1, ' ').append(arguments);
  return line;
}

/// A path in UTF-8.
inline std::string path_text(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

/// What a process has said at its end, or STILL_ACTIVE.
inline DWORD code_of(HANDLE process) {
  DWORD code = 0;
  CHECK(quietly([&] { return GetExitCodeProcess(process, &code); }));
  return code;
}

/// A handle's value in text, and back.
inline std::string value_of(HANDLE handle) {
  return std::to_string(reinterpret_cast<std::uintptr_t>(handle));
}
inline HANDLE handle_of(const std::string& value) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers that look like pointers
  return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::stoull(value)));
}

struct how_to_start {
  BOOL inherit = FALSE;
  DWORD flags = 0;
  void* environment = nullptr;
  const char* directory = nullptr;
  const char* application = nullptr;
  HANDLE streams[3] = {};
};

/// A process that was started, with its two handles. One that still runs is ended.
class started {
 public:
  template <class Form = ansi>
  static started line(const std::string& line, const how_to_start& how = {}, Form = {}) {
    started result;
    auto text = Form::of(line);
    const auto application = Form::of(how.application != nullptr ? how.application : "");
    const auto directory = Form::of(how.directory != nullptr ? how.directory : "");
    typename Form::startup startup{};
    startup.cb = sizeof startup;
    if (how.streams[0] != nullptr) {
      startup.dwFlags = STARTF_USESTDHANDLES;
      startup.hStdInput = how.streams[0];
      startup.hStdOutput = how.streams[1];
      startup.hStdError = how.streams[2];
    }
    SetLastError(untouched);
    const BOOL done = Form::create_process(
        how.application != nullptr ? application.c_str() : nullptr, text.data(), nullptr, nullptr,
        how.inherit, how.flags, how.environment,
        how.directory != nullptr ? directory.c_str() : nullptr, &startup, &result.info_);
    result.error_ = done != FALSE ? not_refused : GetLastError();
    return result;
  }
  template <class Form = ansi>
  static started child(std::string_view name, std::string_view arguments = {},
                       const how_to_start& how = {}, Form form = {}) {
    return line(child_line(name, arguments), how, form);
  }

  started(started&& other) noexcept
      : info_(std::exchange(other.info_, PROCESS_INFORMATION{})), error_(other.error_) {}
  started& operator=(started&&) = delete;
  ~started() {
    if (info_.hProcess == nullptr) return;
    TerminateProcess(info_.hProcess, 1);
    WaitForSingleObject(info_.hProcess, patience());
    CloseHandle(info_.hProcess);
    if (info_.hThread != nullptr) CloseHandle(info_.hThread);
  }

  [[nodiscard]] DWORD error() const { return error_; }
  [[nodiscard]] HANDLE process() const { return info_.hProcess; }
  [[nodiscard]] HANDLE thread() const { return info_.hThread; }
  [[nodiscard]] DWORD id() const { return info_.dwProcessId; }
  [[nodiscard]] DWORD thread_id() const { return info_.dwThreadId; }

  /// What it says at its end.
  [[nodiscard]] DWORD result() const {
    REQUIRE(error_ == not_refused);
    REQUIRE(WaitForSingleObject(info_.hProcess, patience()) == WAIT_OBJECT_0);
    DWORD code = 0;
    REQUIRE(GetExitCodeProcess(info_.hProcess, &code));
    return code;
  }

 private:
  started() = default;

  PROCESS_INFORMATION info_{};
  DWORD error_ = 0;
};

}  // namespace veneer_tests
