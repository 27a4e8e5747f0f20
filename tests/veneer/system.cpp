// SPDX-License-Identifier: MIT
#include "started.hpp"

#include "support/files.hpp"
#include "support/system.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

using namespace veneer_tests;

namespace {

struct ansi_texts : ansi {
  static constexpr auto get_variable = GetEnvironmentVariableA;
  static constexpr auto set_variable = SetEnvironmentVariableA;
  static constexpr auto temp_path = GetTempPathA;
  static constexpr auto module_name = GetModuleFileNameA;
  static constexpr auto length = lstrlenA;
};
struct unicode_texts : unicode {
  static constexpr auto get_variable = GetEnvironmentVariableW;
  static constexpr auto set_variable = SetEnvironmentVariableW;
  static constexpr auto temp_path = GetTempPathW;
  static constexpr auto module_name = GetModuleFileNameW;
  static constexpr auto length = lstrlenW;
};

template <class Form>
std::filesystem::path path_of(const std::basic_string<typename Form::character>& text) {
  return std::filesystem::path(text.begin(), text.end());
}

}  // namespace

TEST_CASE("Sleep takes at least its time, and leaves the last error alone", "[veneer][system]") {
  LARGE_INTEGER frequency;
  LARGE_INTEGER before;
  LARGE_INTEGER after;
  REQUIRE(QueryPerformanceFrequency(&frequency));
  REQUIRE(frequency.QuadPart > 0);
  const ULONGLONG ticks = GetTickCount64();
  REQUIRE(QueryPerformanceCounter(&before));
  CHECK(error_after([] { Sleep(30); }) == untouched);
  REQUIRE(QueryPerformanceCounter(&after));
  const auto passed = (after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart;
  CHECK(passed >= 29 - support::timer_tick().count());
  CHECK(passed < static_cast<LONGLONG>(patience()));
  // The system may be late to count its ticks.
  CHECK(support::eventually([&] { return GetTickCount64() >= ticks + 10; }));
  CHECK(SleepEx(1, TRUE) == 0);
  Sleep(0);
  SwitchToThread();
}

TEST_CASE("the short count of ticks is the low half of the long one", "[veneer][system]") {
  const auto before = GetTickCount64();
  const DWORD between = GetTickCount();
  const auto after = GetTickCount64();
  CHECK(between - static_cast<DWORD>(before) <= static_cast<DWORD>(after - before));
}

TEST_CASE("the system's time is the wall clock in steps of 100 ns since 1601", "[veneer][system]") {
  const auto before = std::chrono::system_clock::now();
  std::chrono::milliseconds apart{};
  // It is in steps, and the system may be late to take one.
  CHECK(support::eventually([&] {
    FILETIME time;
    GetSystemTimeAsFileTime(&time);
    const auto steps = static_cast<LONGLONG>(static_cast<ULONGLONG>(time.dwHighDateTime) << 32 |
                                             time.dwLowDateTime);
    const std::chrono::milliseconds since_1970((steps - 116'444'736'000'000'000) / 10'000);
    apart = std::chrono::duration_cast<std::chrono::milliseconds>(since_1970 -
                                                                  before.time_since_epoch());
    return apart.count() > -100;
  }));
  CHECK(apart < 2 * support::patience());
}

TEMPLATE_TEST_CASE("GetTempPath gives a folder with a slash at its end, and the size that it needs",
                   "[veneer][system]", ansi_texts, unicode_texts) {
  using character = typename TestType::character;
  const DWORD needed = TestType::temp_path(0, nullptr);
  REQUIRE(needed > 1);
  std::vector<character> buffer(needed + 1, character{'x'});
  CHECK(TestType::temp_path(needed, buffer.data()) == needed - 1);
  CHECK(buffer[needed - 1] == character{});
  CHECK(buffer[needed] == character{'x'});
  const std::basic_string<character> text(buffer.data());
  CHECK((text.back() == character{'/'} || text.back() == character{'\\'}));
  CHECK(std::filesystem::is_directory(path_of<TestType>(text)));
  CHECK(TestType::temp_path(needed - 1, buffer.data()) == needed);
}

TEMPLATE_TEST_CASE("GetModuleFileName gives this program's file; a short buffer is cut: 122",
                   "[veneer][system]", ansi_texts, unicode_texts) {
  using character = typename TestType::character;
  std::vector<character> buffer(2000, character{'x'});
  DWORD length = 0;
  CHECK(error_after([&] { length = TestType::module_name(nullptr, buffer.data(), 2000); }) <=
        untouched);
  REQUIRE(length > 4);
  CHECK(buffer[length] == character{});
  const std::basic_string<character> whole(buffer.data());
  CHECK(whole.size() == length);
  std::error_code ec;
  CHECK(std::filesystem::equivalent(path_of<TestType>(whole), support::program(), ec));
  buffer.assign(2000, character{'x'});
  CHECK(error_after([&] { CHECK(TestType::module_name(nullptr, buffer.data(), 4) == 4); }) ==
        ERROR_INSUFFICIENT_BUFFER);
  CHECK(buffer[4] == character{'x'});
  if (under_wine()) SKIP("Wine does not end with a zero what it cuts");
  CHECK(std::basic_string<character>(buffer.data()) == whole.substr(0, 3));
}

TEMPLATE_TEST_CASE("variables of the environment are set, read and taken away", "[veneer][system]",
                   ansi_texts, unicode_texts) {
  using character = typename TestType::character;
  const auto name = TestType::of("ISTHMUS_TEST_VARIABLE");
  const auto value = TestType::of("some value");
  character buffer[32];
  const auto get = [&](DWORD size) { return TestType::get_variable(name.c_str(), buffer, size); };
  CHECK(error_after([&] { CHECK(get(32) == 0); }) == ERROR_ENVVAR_NOT_FOUND);
  REQUIRE(TestType::set_variable(name.c_str(), value.c_str()));
  CHECK(get(32) == 10);
  CHECK(std::basic_string<character>(buffer) == value);
  CHECK(get(11) == 10);
  CHECK(get(10) == 11);  // the size that it needs
  CHECK(get(0) == 11);
  REQUIRE(TestType::set_variable(name.c_str(), nullptr));
  CHECK(error_after([&] { CHECK(get(32) == 0); }) == ERROR_ENVVAR_NOT_FOUND);
}

TEMPLATE_TEST_CASE("lstrlen counts units, and none of NULL", "[veneer][system]", ansi_texts,
                   unicode_texts) {
  CHECK(TestType::length(TestType::of("four").c_str()) == 4);
  CHECK(TestType::length(TestType::of("").c_str()) == 0);
  CHECK(TestType::length(nullptr) == 0);
}

namespace {

// U+0061, U+00E9, U+20AC, U+1F600
const std::string mixed = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
const WCHAR mixed_units[] = {0x61, 0xE9, 0x20AC, 0xD83D, 0xDE00, 0};

int widen(std::string_view text, std::vector<WCHAR>& to, DWORD flags = 0) {
  return MultiByteToWideChar(CP_UTF8, flags, text.data(), static_cast<int>(text.size()), to.data(),
                             static_cast<int>(to.size()));
}

int narrow(const std::vector<WCHAR>& text, std::string& to, DWORD flags = 0) {
  return WideCharToMultiByte(CP_UTF8, flags, text.data(), static_cast<int>(text.size()), to.data(),
                             static_cast<int>(to.size()), nullptr, nullptr);
}

}  // namespace

TEST_CASE("UTF-8 becomes UTF-16, in a given length or up to its zero", "[veneer][text]") {
  CHECK(MultiByteToWideChar(CP_UTF8, 0, mixed.c_str(), 10, nullptr, 0) == 5);
  CHECK(MultiByteToWideChar(CP_UTF8, 0, mixed.c_str(), -1, nullptr, 0) == 6);
  WCHAR made[8];
  std::fill_n(made, 8, WCHAR{0x78});
  CHECK(error_after([&] {
          CHECK(MultiByteToWideChar(CP_UTF8, 0, mixed.c_str(), -1, made, 8) == 6);
        }) == untouched);
  CHECK(wide_text(made) == wide_text(mixed_units));
  CHECK(made[6] == 0x78);
  CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, mixed.c_str(), 3, made, 8) == 2);
  CHECK(MultiByteToWideChar(CP_ACP, 0, "plain", -1, made, 8) == 6);
  CHECK(wide_text(made) == wide_of("plain"));
}

TEST_CASE("UTF-16 becomes UTF-8, in a given length or up to its zero", "[veneer][text]") {
  const auto convert = [](UINT page, const WCHAR* text, int length, char* to, int size) {
    return WideCharToMultiByte(page, 0, text, length, to, size, nullptr, nullptr);
  };
  CHECK(convert(CP_UTF8, mixed_units, 5, nullptr, 0) == 10);
  CHECK(convert(CP_UTF8, mixed_units, -1, nullptr, 0) == 11);
  char made[16];
  CHECK(error_after([&] { CHECK(convert(CP_UTF8, mixed_units, -1, made, 16) == 11); }) ==
        untouched);
  CHECK(std::string(made) == mixed);
  const wide_text plain = wide_of("plain");
  CHECK(convert(CP_ACP, plain.c_str(), -1, made, 16) == 6);
  CHECK(std::string(made) == "plain");
  BOOL used = TRUE;
  CHECK(WideCharToMultiByte(CP_ACP, 0, plain.c_str(), -1, made, 16, "?", &used) == 6);
  CHECK_FALSE(used);
}

TEST_CASE("too little room is ERROR_INSUFFICIENT_BUFFER", "[veneer][text]") {
  std::vector<WCHAR> units(2);  // with half of a pair Wine is content
  CHECK(error_after([&] { CHECK(widen(mixed, units) == 0); }) == ERROR_INSUFFICIENT_BUFFER);
  std::string bytes(9, ' ');
  const std::vector<WCHAR> text(mixed_units, mixed_units + 5);
  CHECK(error_after([&] { CHECK(narrow(text, bytes) == 0); }) == ERROR_INSUFFICIENT_BUFFER);
}

TEST_CASE("what is no text becomes U+FFFD, or ERROR_NO_UNICODE_TRANSLATION with the flag",
          "[veneer][text]") {
  for (const std::string bad : {"\x80", "\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80"}) {
    INFO(static_cast<unsigned>(static_cast<unsigned char>(bad[0])));
    std::vector<WCHAR> units(8);
    const std::string text = "a" + bad + "b";
    const int count = widen(text, units);
    REQUIRE(count >= 3);
    CHECK(units[0] == 0x61);
    for (int i = 1; i < count - 1; ++i) CHECK(units[static_cast<std::size_t>(i)] == 0xFFFD);
    CHECK(units[static_cast<std::size_t>(count - 1)] == 0x62);
    CHECK(error_after([&] { CHECK(widen(text, units, MB_ERR_INVALID_CHARS) == 0); }) ==
          ERROR_NO_UNICODE_TRANSLATION);
  }
  for (const WCHAR half : {WCHAR{0xD83D}, WCHAR{0xDE00}}) {
    const std::vector<WCHAR> text{0x61, half, 0x62};
    std::string bytes(8, ' ');
    CHECK(narrow(text, bytes) == 5);
    CHECK(bytes.substr(0, 5) ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(error_after([&] { CHECK(narrow(text, bytes, WC_ERR_INVALID_CHARS) == 0); }) ==
          ERROR_NO_UNICODE_TRANSLATION);
  }
}

TEST_CASE("conversions refuse arguments that make no sense: 87, and flags: 1004",
          "[veneer][text]") {
  WCHAR units[4];
  char bytes[4];
  BOOL used = FALSE;
  const auto error_of = [](auto call) { return error_after([&] { CHECK(call() == 0); }); };
  CHECK(error_of([&] { return MultiByteToWideChar(CP_UTF8, 0, "a", 0, units, 4); }) ==
        ERROR_INVALID_PARAMETER);
  CHECK(error_of([&] { return MultiByteToWideChar(CP_UTF8, 0, nullptr, 1, units, 4); }) ==
        ERROR_INVALID_PARAMETER);
  CHECK(error_of([&] { return MultiByteToWideChar(CP_UTF8, 0, "a", 1, nullptr, 4); }) ==
        ERROR_INVALID_PARAMETER);
  CHECK(error_of([&] { return MultiByteToWideChar(54321, 0, "a", 1, units, 4); }) ==
        ERROR_INVALID_PARAMETER);
  CHECK(error_of([&] {
          return WideCharToMultiByte(CP_UTF8, 0, mixed_units, 0, bytes, 4, nullptr, nullptr);
        }) == ERROR_INVALID_PARAMETER);
  if (under_wine()) SKIP("Wine ignores unknown flags, and stand-ins for UTF-8");
  CHECK(error_of([&] {
          return WideCharToMultiByte(CP_UTF8, 0, mixed_units, 1, bytes, 4, nullptr, &used);
        }) == ERROR_INVALID_PARAMETER);
  CHECK(error_of([&] { return MultiByteToWideChar(CP_UTF8, 0x4000, "a", 1, units, 4); }) ==
        ERROR_INVALID_FLAGS);
}
