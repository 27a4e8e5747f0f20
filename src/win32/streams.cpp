// SPDX-License-Identifier: MIT
#include "process.hpp"
#include "win32/handle.hpp"

#include <fmt/format.h>
#include <fmt/xchar.h>

#include <atomic>
#include <string>

namespace isthmus::detail {
namespace {

constexpr DWORD pipe_room = 65536;

/// Only pipes with names can be read with a limit. Nobody else knows this one, and it takes one
/// connection, which it has before anybody could guess.
bool open_pipe(bool child_reads, carrier& theirs, carrier& ours, failure& why) {
  static std::atomic<unsigned> made = 0;
  LARGE_INTEGER now{};
  ::QueryPerformanceCounter(&now);
  const std::wstring name = fmt::format(LR"(\\.\pipe\isthmus.{:x}.{:x}.{:x})",
                                        ::GetCurrentProcessId(), ++made, now.QuadPart);
  unique_handle here(::CreateNamedPipeW(name.c_str(),
                                        (child_reads ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) |
                                            FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                        PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                                        pipe_room, pipe_room, 0, nullptr));
  unique_handle there;
  if (here)
    there = unique_handle(::CreateFileW(
        name.c_str(), child_reads ? GENERIC_READ : GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, nullptr,
        OPEN_EXISTING, 0, nullptr));
  if (!there) {
    why.set_native(last_error());
    return false;
  }
  theirs = carrier(there.release());
  ours = carrier(here.release());
  return true;
}

}  // namespace

bool open_stream(std::size_t which, stream_end to, const std::filesystem::path& path,
                 carrier& theirs, carrier& ours, failure& why) {
  const bool reads = which == 0;
  if (to == stream_end::pipe) return open_pipe(reads, theirs, ours, why);
  if (to != stream_end::null && path.empty()) {
    why.set(errc::invalid_argument, "no file given");
    return false;
  }
  if (to == stream_end::append && reads) {
    why.set(errc::invalid_argument, "input cannot be appended");
    return false;
  }
  const DWORD access = reads ? GENERIC_READ
                       : to == stream_end::append
                           ? FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE
                           : GENERIC_WRITE;
  const DWORD how = reads || to == stream_end::null ? OPEN_EXISTING
                    : to == stream_end::append      ? OPEN_ALWAYS
                                                    : CREATE_ALWAYS;
  const auto* const name = to == stream_end::null ? L"NUL" : path.c_str();
  unique_handle file(::CreateFileW(name, access,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                   how, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) {
    why.set_native(last_error());
    why.detail = fmt::format("{}: {}", text_of(name), why.code.message());
    return false;
  }
  theirs = carrier(file.release());
  return true;
}

}  // namespace isthmus::detail
