// SPDX-License-Identifier: MIT
#include "win32/pipe.hpp"

#include "packet.hpp"
#include "win32/wait_handles.hpp"

#include <fmt/format.h>
#include <fmt/xchar.h>

#include <ntsecapi.h>

namespace isthmus::detail {
namespace {

std::wstring path_of(const pipe_number& number) {
  return fmt::format(LR"(\\.\pipe\isthmus.{:016x}{:016x})", number[0], number[1]);
}

/// What has been found out by asking: whether anything is there to read, or the end.
DWORD look(HANDLE pipe, DWORD& size) noexcept {
  return ::PeekNamedPipe(pipe, nullptr, 0, nullptr, &size, nullptr)
             ? 0
             : static_cast<DWORD>(last_error());
}

/// Reads what is left of a packet that did not fit.
void drop_rest(HANDLE pipe) {
  std::array<std::byte, 4096> rest{};
  failure ignored;
  for (DWORD result = ERROR_MORE_DATA; result == ERROR_MORE_DATA;) {
    overlapped call(ignored);
    DWORD count = 0;
    if (ignored) return;
    const BOOL done =
        ::ReadFile(pipe, rest.data(), static_cast<DWORD>(rest.size()), nullptr, call.get());
    result = call.finish(pipe, done, std::chrono::seconds(1), count);
  }
}

}  // namespace

pipe_number random_pipe(failure& why) {
  pipe_number number = {};
  if (!::RtlGenRandom(number.data(), sizeof number)) why.set_native(last_error());
  return number;
}

unique_handle make_pipe(const pipe_number& number, bool first, SECURITY_ATTRIBUTES* attributes,
                        failure& why) {
  constexpr DWORD room = 2 * max_packet_size;
  unique_handle made(::CreateNamedPipeW(
      path_of(number).c_str(),
      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
      PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
      PIPE_UNLIMITED_INSTANCES, room, room, 0, attributes));
  if (!made) why.set_native(last_error());
  return made;
}

unique_handle open_pipe(const pipe_number& number, failure& why) {
  // Whoever listens may learn who we are, but not act as us.
  unique_handle made(::CreateFileW(
      path_of(number).c_str(), connect_rights, 0, nullptr, OPEN_EXISTING,
      FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  DWORD mode = PIPE_READMODE_MESSAGE;
  if (!made || !::SetNamedPipeHandleState(made.get(), &mode, nullptr, nullptr))
    why.set_native(last_error());
  return why ? unique_handle() : std::move(made);
}

overlapped::overlapped(failure& why) : event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  if (!event_) why.set_native(last_error());
  call_.hEvent = event_.get();
}

DWORD overlapped::finish(HANDLE pipe, BOOL result, std::chrono::nanoseconds limit,
                         DWORD& count) noexcept {
  if (!result) {
    const int error = last_error();
    if (error != ERROR_IO_PENDING) return static_cast<DWORD>(error);
    if (wait_on(event_.get(), limit) != WAIT_OBJECT_0) ::CancelIoEx(pipe, &call_);
  }
  // It is over, or will be at once: taken back, or done at the last moment.
  if (::GetOverlappedResult(pipe, &call_, &count, TRUE)) return 0;
  const int error = last_error();
  return error == ERROR_OPERATION_ABORTED ? static_cast<DWORD>(WAIT_TIMEOUT)
                                          : static_cast<DWORD>(error);
}

DWORD write_pipe(HANDLE pipe, const void* packet, std::size_t size, std::chrono::nanoseconds limit,
                 failure& why) {
  overlapped call(why);
  if (why) return static_cast<DWORD>(why.code.value());
  DWORD count = 0;
  const BOOL done = ::WriteFile(pipe, packet, static_cast<DWORD>(size), nullptr, call.get());
  return call.finish(pipe, done, limit, count);
}

DWORD read_pipe(HANDLE pipe, void* buffer, std::size_t size, DWORD& count,
                std::chrono::nanoseconds limit, failure& why) {
  if (limit <= limit.zero()) {  // a test: what has been sent already is found for certain
    DWORD waiting = 0;
    const DWORD seen = look(pipe, waiting);
    if (seen != 0) return seen;
    if (waiting == 0) return WAIT_TIMEOUT;
    limit = std::chrono::milliseconds(100);
  }
  overlapped call(why);
  if (why) return static_cast<DWORD>(why.code.value());
  const BOOL done = ::ReadFile(pipe, buffer, static_cast<DWORD>(size), nullptr, call.get());
  const DWORD result = call.finish(pipe, done, limit, count);
  if (result == ERROR_MORE_DATA) drop_rest(pipe);
  return result;
}

}  // namespace isthmus::detail
