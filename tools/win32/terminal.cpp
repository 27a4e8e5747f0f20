// SPDX-License-Identifier: MIT
#include "../terminal.hpp"

#include "../exit_code.hpp"

#include <windows.h>

#include <io.h>
#include <shellapi.h>

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace tool {
namespace {

constexpr int binary = 0x8000;  // _O_BINARY, which is in a header that bears a name of POSIX

HANDLE handle_of(stream which) noexcept {
  return ::GetStdHandle(which == stream::input    ? STD_INPUT_HANDLE
                        : which == stream::output ? STD_OUTPUT_HANDLE
                                                  : STD_ERROR_HANDLE);
}

std::string narrow(const wchar_t* text) {
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string result(size > 0 ? static_cast<std::size_t>(size) : 1, '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text, -1, result.data(), size, nullptr, nullptr);
  result.pop_back();
  return result;
}

}  // namespace

void prepare_streams() {
  ::_setmode(::_fileno(stdin), binary);
  ::_setmode(::_fileno(stdout), binary);
  ::SetConsoleOutputCP(CP_UTF8);
  DWORD mode = 0;
  if (::GetConsoleMode(handle_of(stream::output), &mode) != 0)
    ::SetConsoleMode(handle_of(stream::output), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

std::vector<std::string> command_line(int, char**) {
  int count = 0;
  wchar_t** const values = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 1; values != nullptr && i < count; ++i) arguments.push_back(narrow(values[i]));
  ::LocalFree(values);
  return arguments;
}

bool is_terminal(stream which) noexcept {
  DWORD mode = 0;  // only a console has one
  return ::GetConsoleMode(handle_of(which), &mode) != 0;
}

std::size_t width_of_output() noexcept {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(handle_of(stream::output), &info) == 0) return 0;
  return static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
}

std::size_t height_of_output() noexcept {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(handle_of(stream::output), &info) == 0) return 0;
  return static_cast<std::size_t>(info.srWindow.Bottom - info.srWindow.Top + 1);
}

void say(const std::string& text) noexcept {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

bool colourful() {
  const char* const refused = std::getenv("NO_COLOR");
  return is_terminal(stream::output) && (refused == nullptr || *refused == '\0');
}

std::size_t read_input(std::span<std::byte> into) {
  DWORD got = 0;
  const auto size = static_cast<DWORD>(into.size() < 1u << 20 ? into.size() : 1u << 20);
  if (::ReadFile(handle_of(stream::input), into.data(), size, &got, nullptr) != 0) return got;
  const auto number = static_cast<int>(::GetLastError());
  if (number == ERROR_BROKEN_PIPE || number == ERROR_HANDLE_EOF) return 0;
  throw stop(failed, "standard input cannot be read (" +
                         std::error_code(number, std::system_category()).message() +
                         "); give it a file or a pipe");
}

}  // namespace tool
