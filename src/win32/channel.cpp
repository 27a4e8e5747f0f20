// SPDX-License-Identifier: MIT
#include "channel.hpp"

#include "packet.hpp"
#include "win32/channel_state.hpp"
#include "win32/ntdll.hpp"
#include "win32/object.hpp"
#include "win32/pipe.hpp"
#include "win32/security.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

/// Where handles are put for the other end.
struct target {
  HANDLE process = nullptr;
  DWORD id = 0;
};

target target_of(const channel_state& state, failure& why) {
  if (state.link) {
    const std::scoped_lock guard(state.link->lock);
    const HANDLE heir = state.link->inherited_by[1 - state.side].get();
    if (heir != nullptr) return {heir, ::GetProcessId(heir)};
    return {::GetCurrentProcess(), ::GetCurrentProcessId()};
  }
  if (!state.peer.may_push)
    why.set(errc::access_denied,
            fmt::format("this process may not hand objects to process {}", state.peer.id));
  return {state.peer.process.get(), state.peer.id};
}

/// Handles in the other process, until it has been told of them: then they are its own.
class pushed {
 public:
  explicit pushed(HANDLE process) noexcept : process_(process) {}
  pushed(const pushed&) = delete;
  pushed& operator=(const pushed&) = delete;
  ~pushed() {
    for (const HANDLE each : handles_)
      if (each != nullptr)
        ::DuplicateHandle(process_, each, nullptr, nullptr, 0, FALSE, DUPLICATE_CLOSE_SOURCE);
  }

  bool push(const parcel& object, packet_header& header, failure& why) {
    for (std::size_t i = 0; i < header.carriers; ++i) {
      if (!::DuplicateHandle(::GetCurrentProcess(), object.carriers[i].get(), process_,
                             &handles_[i], 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        const int error = last_error();
        why.set_native(::WaitForSingleObject(process_, 0) == WAIT_OBJECT_0 ? ERROR_NO_DATA : error);
        return false;
      }
      header.handles[i] = reinterpret_cast<std::uintptr_t>(handles_[i]);
    }
    return true;
  }
  void told() noexcept { handles_ = {}; }

 private:
  HANDLE process_;
  std::array<HANDLE, 2> handles_ = {};
};

bool closed(DWORD error) noexcept {
  return error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || error == ERROR_PIPE_NOT_CONNECTED;
}

void append(std::string& packet, const void* data, std::size_t size) {
  packet.append(static_cast<const char*>(data), size);
}

/// Whether a number is that of a handle that a channel could have brought. A process of the same
/// user, which may put handles here, may also take others away; so this is against mistakes.
bool could_be_sent(std::uint64_t number) noexcept {
  if (number == 0 || number > 0x7FFFFFFF || number % 4 != 0) return false;
  constexpr std::array kinds{L"Section", L"Mutant", L"Semaphore", L"Event", L"Timer"};
  return std::any_of(kinds.begin(), kinds.end(), [&](const wchar_t* kind) {
    failure ignored;
    return check_kind(handle_with(number), kind, ignored);
  });
}

/// The handles that a packet says have been put here.
bool take_handles(const channel_state& state, const packet_header& header,
                  std::array<carrier, 2>& taken, failure& why) {
  if (header.carriers == 0) return true;
  if (state.peer.user.empty() || state.peer.user != own_user()) {
    why.set(errc::access_denied, "objects are taken from processes of the same user only");
  } else if (header.target != ::GetCurrentProcessId()) {
    why.set(errc::damaged, "the object was meant for another process");
  }
  for (std::size_t i = 0; i < header.carriers && !why; ++i) {
    if (could_be_sent(header.handles[i])) {
      taken[i] = carrier(handle_with(header.handles[i]));
    } else {
      why.set(errc::damaged, "what the other end has sent is not an object");
    }
  }
  return !why;
}

std::unique_ptr<channel_state> end_of_pair(unique_handle pipe, bool listening,
                                           std::shared_ptr<pair_link> link) {
  auto state = channel_of(std::move(pipe), listening);
  state->link = std::move(link);
  state->side = listening ? 0 : 1;
  return state;
}

}  // namespace

std::unique_ptr<channel_state> channel_of(unique_handle pipe, bool listening) {
  auto state = std::make_unique<channel_state>();
  state->peer = peer_of_pipe(pipe.get(), listening);
  state->pipe = std::move(pipe);
  return state;
}

std::pair<channel_state*, channel_state*> make_channel_pair(failure& why) {
  security descriptor({}, {FILE_ALL_ACCESS, connect_rights, 0}, why);
  const pipe_number number = why ? pipe_number() : random_pipe(why);
  if (why) return {};
  unique_handle first = make_pipe(number, true, descriptor.attributes(), why);
  unique_handle second = why ? unique_handle() : open_pipe(number, why);
  if (why) return {};
  const auto link = std::make_shared<pair_link>();
  auto one = end_of_pair(std::move(first), true, link);
  auto other = end_of_pair(std::move(second), false, link);
  return {one.release(), other.release()};
}

bool send_packet(channel_state& state, const object_ref* object, std::string_view message,
                 std::chrono::nanoseconds limit, failure& why) {
  parcel packed;
  std::string description;
  target to;
  if (object != nullptr) {
    to = target_of(state, why);
    if (why || !pack(*object, packed, why)) return false;
    description = describe(packed);
  }
  std::string packet;
  packet.reserve(sizeof(packet_header) + description.size() + message.size());
  packet_header header = header_for(object != nullptr ? &packed : nullptr, description, message);
  header.target = to.id;
  pushed handles(to.process);
  if (!handles.push(packed, header, why)) return false;
  append(packet, &header, sizeof header);
  packet += description;
  packet += message;
  const DWORD result = write_pipe(state.pipe.get(), packet.data(), packet.size(), limit, why);
  if (result == 0) handles.told();
  if (result != 0 && result != WAIT_TIMEOUT && !why)
    why.set_native(static_cast<int>(result),
                   closed(result) ? "the other end of the channel has gone" : "");
  return result == 0;
}

received receive_packet(channel_state& state, std::chrono::nanoseconds limit, failure& why) {
  packet_buffer packet;
  received result;
  DWORD count = 0;
  const DWORD number =
      read_pipe(state.pipe.get(), packet.data(), packet_buffer::capacity, count, limit, why);
  if (number == WAIT_TIMEOUT || closed(number)) {
    result.status = closed(number) ? channel_status::closed : channel_status::timeout;
    return result;
  }
  if (number != 0 && number != ERROR_MORE_DATA) {
    if (!why) why.set_native(static_cast<int>(number));
    return {};
  }
  std::array<carrier, 2> carriers;
  if (!packet.check(number == 0 ? count : packet_buffer::capacity, why) ||
      !take_handles(state, packet.header(), carriers, why))
    return {};
  return open_packet(packet, std::move(carriers), why);
}

peer_info channel_peer(const channel_state& state, failure& why) {
  if (state.peer.user.empty()) {
    why.set(errc::not_found, "the process at the other end had ended before it could be looked at");
    return {};
  }
  return {state.peer.user, state.peer.id};
}

native_handle_type channel_handle(const channel_state& state) noexcept { return state.pipe.get(); }

channel_state* adopt_channel(native_handle_type handle, failure& why) {
  if (!check_kind(handle, L"File", why)) return nullptr;
  DWORD flags = 0;
  if (::GetFileType(handle) != FILE_TYPE_PIPE ||
      !::GetNamedPipeInfo(handle, &flags, nullptr, nullptr, nullptr) ||
      (flags & PIPE_TYPE_MESSAGE) == 0) {
    why.set(errc::wrong_kind, "the handle is not one end of a channel");
    return nullptr;
  }
  auto state = channel_of(unique_handle(), false);
  const bool listening = (flags & PIPE_SERVER_END) != 0;
  state->side = listening ? 0 : 1;
  state->peer = peer_of_pipe(handle, listening);
  state->pipe = unique_handle(handle);
  return state.release();
}

carrier pack_end(const channel_state& state, end_identity& identity, failure& why) {
  if (!state.link) {
    why.set(errc::not_supported, "only the ends of a pair can be inherited");
    return {};
  }
  identity = {state.peer.id, state.side};
  carrier copy(duplicate_handle(state.pipe.get()));
  if (!copy) why.set_native(last_error());
  return copy;
}

channel_state* unpack_end(carrier what, const end_identity& identity, failure& why) {
  std::unique_ptr<channel_state> state(adopt_channel(what.get(), why));
  if (state) (void)what.release();
  if (state && end_identity{state->peer.id, state->side} == identity) return state.release();
  why.set(errc::damaged, "the channel that was inherited is not there any more");
  return nullptr;
}

void channel_was_inherited(const channel_state& state, native_handle_type by, failure& why) {
  if (!state.link) {
    why.set(errc::not_supported, "only the ends of a pair can be inherited");
    return;
  }
  unique_handle heir(
      duplicate_handle(by, PROCESS_DUP_HANDLE | PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE));
  if (!heir) return why.set_native(last_error());
  const std::scoped_lock guard(state.link->lock);
  state.link->inherited_by[state.side] = std::move(heir);
}

void close_channel_state(channel_state* state) noexcept {
  const std::unique_ptr<channel_state> owned(state);
  // Handles that came with what was never received are in this process all the same. Where the end
  // has been inherited or duplicated, the packets are for others.
  if (!owned || !is_only_handle(owned->pipe.get())) return;
  for (int most = 1000; most > 0; --most) {
    std::error_code ignored;
    const auto got = reporting(ignored, [&](failure& why) {
      return receive_packet(*owned, std::chrono::nanoseconds::zero(), why);
    });
    if (got.status == channel_status::timeout || got.status == channel_status::closed) return;
  }
}

}  // namespace isthmus::detail
