// SPDX-License-Identifier: MIT
#include "support/system.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <system_error>

#include <windows.h>

#include <shellapi.h>

namespace support {

namespace {

[[noreturn]] void fail_call(const char* what) {
  throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
}

std::string narrow(const wchar_t* text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  if (size <= 0) fail_call("WideCharToMultiByte");
  std::string result(static_cast<std::size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result.data(), size, nullptr, nullptr);
  result.pop_back();  // its NUL
  return result;
}

MEMORY_BASIC_INFORMATION pages_at(const void* address) {
  MEMORY_BASIC_INFORMATION pages{};
  if (VirtualQuery(address, &pages, sizeof pages) == 0) fail_call("VirtualQuery");
  return pages;
}

LONG WINAPI end_on_fault(EXCEPTION_POINTERS* what) {
  TerminateProcess(GetCurrentProcess(), what->ExceptionRecord->ExceptionCode);
  return EXCEPTION_CONTINUE_SEARCH;
}

}  // namespace

void prepare_program(const char*) {}

std::filesystem::path program() {
  std::wstring text(32768, L'\0');
  const auto size = GetModuleFileNameW(nullptr, text.data(), static_cast<DWORD>(text.size()));
  if (size == 0) fail_call("GetModuleFileName");
  text.resize(size);
  return text;
}

std::vector<std::string> command_line(int, char**) {
  int count = 0;
  wchar_t** values = CommandLineToArgvW(GetCommandLineW(), &count);
  if (values == nullptr) fail_call("CommandLineToArgv");
  std::vector<std::string> result;
  for (int i = 1; i < count; ++i) result.push_back(narrow(values[i]));
  LocalFree(values);
  return result;
}

std::uint32_t process_id() noexcept { return GetCurrentProcessId(); }

std::size_t address_granularity() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwAllocationGranularity;
}

std::optional<std::filesystem::path> disk_directory() {
  return std::filesystem::temp_directory_path();
}

std::size_t page_size() {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  return info.dwPageSize;
}

page_state protection_of(const void* address) {
  const auto pages = pages_at(address);
  if (pages.State != MEM_COMMIT) return {};
  switch (pages.Protect & 0xff) {
    case PAGE_READONLY:
      return {true, false, false};
    case PAGE_READWRITE:
    case PAGE_WRITECOPY:
      return {true, true, false};
    case PAGE_EXECUTE:
      return {false, false, true};
    case PAGE_EXECUTE_READ:
      return {true, false, true};
    case PAGE_EXECUTE_READWRITE:
    case PAGE_EXECUTE_WRITECOPY:
      return {true, true, true};
    default:
      return {};
  }
}

std::uint64_t committed_bytes(const isthmus::section&, const void* base, std::size_t size) {
  const auto* at = static_cast<const std::byte*>(base);
  const auto* end = at + size;
  std::uint64_t result = 0;
  while (at < end) {
    const auto pages = pages_at(at);
    const auto* next = static_cast<const std::byte*>(pages.BaseAddress) + pages.RegionSize;
    const auto* last = std::min<const std::byte*>(next, end);
    if (pages.State == MEM_COMMIT) result += static_cast<std::uint64_t>(last - at);
    at = last;
  }
  return result;
}

bool make_writable(const void* address) {
  DWORD before = 0;
  return VirtualProtect(const_cast<void*>(address), 1, PAGE_READWRITE, &before) != 0;
}

isthmus::native_handle_type copy_of(isthmus::native_handle_type handle) {
  HANDLE copy = nullptr;
  if (!DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE,
                       DUPLICATE_SAME_ACCESS)) {
    fail_call("DuplicateHandle");
  }
  return copy;
}

bool threads_can_unwind() noexcept { return true; }

std::chrono::milliseconds timer_tick() noexcept { return std::chrono::milliseconds(16); }

int repetitions(int wanted) noexcept { return wanted / 10; }  // Wine asks its server each time
int turns(int wanted) noexcept { return wanted / 400; }       // a turn takes a millisecond or more

std::size_t open_handles() {
  DWORD count = 0;
  if (!GetProcessHandleCount(GetCurrentProcess(), &count)) fail_call("GetProcessHandleCount");
  return count;
}

std::size_t lost_handles(int kills) noexcept { return static_cast<std::size_t>(kills); }

void die_plainly_on_faults() {
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  SetUnhandledExceptionFilter(end_on_fault);
}

bool is_fault(int exit_code) noexcept {
  const auto code = static_cast<DWORD>(exit_code);
  return code == STATUS_ACCESS_VIOLATION || code == STATUS_IN_PAGE_ERROR;
}

bool is_kill(int exit_code) noexcept { return exit_code == 137; }

void exit_at_once(int code) {
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
  std::terminate();  // not reached
}

native_file::native_file(const std::filesystem::path& path, use how) {
  const DWORD rights = how == use::read    ? GENERIC_READ
                       : how == use::write ? GENERIC_WRITE
                                           : GENERIC_READ | GENERIC_WRITE;
  handle_ =
      CreateFileW(path.c_str(), rights, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle_ == INVALID_HANDLE_VALUE) fail_call("CreateFile");
}

void native_file::close() noexcept {
  if (handle_ != INVALID_HANDLE_VALUE) CloseHandle(handle_);
  handle_ = INVALID_HANDLE_VALUE;
}

}  // namespace support
