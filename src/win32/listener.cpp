// SPDX-License-Identifier: MIT
#include "channel.hpp"

#include "win32/channel_state.hpp"
#include "win32/meeting.hpp"
#include "win32/pipe.hpp"
#include "win32/security.hpp"
#include "win32/wait_handles.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace isthmus::detail {
/// A pipe that somebody may connect to. `event` is set when somebody has.
struct open_place {
  unique_handle pipe;
  unique_handle event;
  OVERLAPPED call = {};

  void listen(unique_handle with) noexcept {
    pipe = std::move(with);
    ::ResetEvent(event.get());
    call = {};
    call.hEvent = event.get();
    if (::ConnectNamedPipe(pipe.get(), &call)) return;
    // Anything but "pending": somebody was quicker, and may have gone already.
    if (last_error() != ERROR_IO_PENDING) ::SetEvent(event.get());
  }
  void leave() noexcept {
    DWORD ignored = 0;
    if (!pipe) return;
    ::CancelIoEx(pipe.get(), &call);
    ::GetOverlappedResult(pipe.get(), &call, &ignored, TRUE);
  }
};

namespace {

/// How many may have connected without having been accepted.
constexpr std::size_t places = 8;

}  // namespace

struct listener_state {
  std::string name;
  std::string native;  // what `wanted` refers to
  permissions wanted;
  unique_handle meeting;
  pipe_number number = {};
  std::mutex lock;  // for what is below but the events, which stay
  std::array<open_place, places> all;
  std::size_t next = 0;  // who is first when several have connected

  [[nodiscard]] unique_handle more(bool first, failure& why) const {
    security descriptor(wanted, {FILE_ALL_ACCESS, connect_rights, 0}, why);
    return why ? unique_handle() : make_pipe(number, first, descriptor.attributes(), why);
  }
  ~listener_state() {
    for (open_place& each : all) each.leave();
  }
};

namespace {

/// The first place that somebody has connected to. Absent without failure: the limit has passed.
DWORD await_any(listener_state& state, std::size_t first, std::chrono::nanoseconds limit) noexcept {
  std::array<HANDLE, places> events = {};
  for (std::size_t i = 0; i < places; ++i) events[i] = state.all[(first + i) % places].event.get();
  return wait_in_slices(limit, [&](DWORD slice) {
    return ::WaitForMultipleObjects(static_cast<DWORD>(events.size()), events.data(), FALSE, slice);
  });
}

/// Takes the connection of a place and opens it anew. nullptr without failure: another thread has
/// been quicker.
unique_handle take(listener_state& state, std::size_t which, failure& why) {
  const std::scoped_lock guard(state.lock);
  open_place& chosen = state.all[which];
  if (::WaitForSingleObject(chosen.event.get(), 0) != WAIT_OBJECT_0) return {};
  unique_handle another = state.more(false, why);
  if (!another) return {};  // who has connected waits on
  unique_handle connected = std::move(chosen.pipe);
  chosen.listen(std::move(another));
  state.next = (which + 1) % places;
  return connected;
}

}  // namespace

listener_state* make_listener(const parsed_name& name, const permissions& permissions,
                              failure& why) {
  auto state = std::make_unique<listener_state>();
  state->name = name.text;
  state->native = permissions.native;
  state->wanted = permissions;
  state->wanted.native = state->native;
  state->meeting = found_meeting(name, permissions, why);
  if (!state->meeting) return nullptr;
  state->number = random_pipe(why);
  for (std::size_t i = 0; i < places && !why; ++i) {
    open_place& each = state->all[i];
    each.event = unique_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!each.event) why.set_native(last_error());
    unique_handle pipe = why ? unique_handle() : state->more(i == 0, why);
    if (pipe) each.listen(std::move(pipe));
  }
  if (!why) announce(state->meeting.get(), state->number, why);
  return why ? nullptr : state.release();
}

std::string_view listener_name(const listener_state& state) noexcept { return state.name; }

channel_state* accept_channel(listener_state& state, std::chrono::nanoseconds limit, failure& why) {
  const auto start = std::chrono::steady_clock::now();
  const auto left = [&] {
    return limit == limit.max() ? limit : limit - (std::chrono::steady_clock::now() - start);
  };
  do {
    std::size_t first = 0;
    {
      const std::scoped_lock guard(state.lock);
      first = state.next;
    }
    const DWORD number = await_any(state, first, left());
    if (number == WAIT_TIMEOUT) return nullptr;
    if (number >= places) {
      why.set_native(last_error());
      return nullptr;
    }
    unique_handle pipe = take(state, (first + number) % places, why);
    if (pipe) return channel_of(std::move(pipe), true).release();
  } while (!why && left() > std::chrono::nanoseconds::zero());
  return nullptr;
}

void close_listener_state(listener_state* state) noexcept { delete state; }

channel_state* connect_channel(const parsed_name& name, failure& why) {
  const place where = find_meeting(name, why);
  if (why) return nullptr;
  unique_handle pipe = open_pipe(where.number, why);
  if (!pipe) {
    if (why.code == errc::not_found) why.detail = "there is no listener of this name";
    if (why.code == errc::busy) why.detail = "the listener does not keep up with accepting";
    return nullptr;
  }
  auto state = channel_of(std::move(pipe), false);
  if (state->peer.id != where.process) {
    why.set(errc::untrusted, "another process than the listener's is at its pipe");
    return nullptr;
  }
  return state.release();
}

}  // namespace isthmus::detail
