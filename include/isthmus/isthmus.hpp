// SPDX-License-Identifier: MIT
//
// isthmus: shared sections, views of them, and what processes coordinate with — mutexes,
// semaphores, events, waitable timers, waits for one or many of them — with the meaning that
// Windows gives them, on Windows and POSIX. This header includes all others but the opt-in ones
// (fmt.hpp, native.hpp).
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/any_object.hpp>
#include <isthmus/channel.hpp>
#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/name.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/version.hpp>
#include <isthmus/view.hpp>
#include <isthmus/wait.hpp>
#include <isthmus/waitable.hpp>
