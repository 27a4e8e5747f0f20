// SPDX-License-Identifier: MIT
#include "win32/peer.hpp"

#include "win32/text.hpp"

#include <sddl.h>

#include <array>
#include <cstddef>

namespace isthmus::detail {
namespace {

std::string user_of(HANDLE process) {
  HANDLE opened = nullptr;
  if (!::OpenProcessToken(process, TOKEN_QUERY, &opened)) return {};
  const unique_handle token(opened);
  alignas(TOKEN_USER) std::array<std::byte, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> user = {};
  DWORD used = 0;
  wchar_t* text = nullptr;
  if (!::GetTokenInformation(token.get(), TokenUser, user.data(), static_cast<DWORD>(user.size()),
                             &used) ||
      !::ConvertSidToStringSidW(static_cast<TOKEN_USER*>(static_cast<void*>(user.data()))->User.Sid,
                                &text))
    return {};
  std::string result = narrow(text);
  ::LocalFree(text);
  return result;
}

}  // namespace

pipe_peer peer_of_pipe(HANDLE pipe, bool listening) {
  pipe_peer peer;
  ULONG id = 0;
  if (!(listening ? ::GetNamedPipeClientProcessId(pipe, &id)
                  : ::GetNamedPipeServerProcessId(pipe, &id)))
    return peer;
  peer.id = id;
  constexpr DWORD least = PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE;
  peer.process = unique_handle(::OpenProcess(least | PROCESS_DUP_HANDLE, FALSE, id));
  peer.may_push = static_cast<bool>(peer.process);
  if (!peer.process) peer.process = unique_handle(::OpenProcess(least, FALSE, id));
  if (peer.process) peer.user = user_of(peer.process.get());
  return peer;
}

const std::string& own_user() {
  static const std::string user = user_of(::GetCurrentProcess());
  return user;
}

}  // namespace isthmus::detail
