// SPDX-License-Identifier: MIT
#include "event.hpp"

#include "win32/windows.hpp"

namespace isthmus::detail {

void set_event(dispatcher& state, failure& why) {
  if (!::SetEvent(dispatcher_handle(state))) why.set_native(last_error());
}

void reset_event(dispatcher& state, failure& why) {
  if (!::ResetEvent(dispatcher_handle(state))) why.set_native(last_error());
}

void pulse_event(dispatcher& state, failure& why) {
  if (!::PulseEvent(dispatcher_handle(state))) why.set_native(last_error());
}

}  // namespace isthmus::detail
