// SPDX-License-Identifier: MIT
//
// What this process and thread are called by the system. One file per system.
#pragma once

#include <isthmus/win32.h>

#include <pthread.h>

#include <ctime>
#include <string>
#include <vector>

namespace isthmus::veneer {

/// The system's number of the calling thread: no other thread of the system has it meanwhile.
[[nodiscard]] DWORD own_thread_id() noexcept;
/// This program's file; empty where that cannot be found out.
[[nodiscard]] std::string own_program();
/// What this program was started with, its own name first.
[[nodiscard]] std::vector<std::string> own_arguments();
/// Joins a thread that is about to end; false where it has not ended by this time of the wall
/// clock. Some systems know no limit: there it waits.
[[nodiscard]] bool join_until(pthread_t thread, const timespec& until) noexcept;

}  // namespace isthmus::veneer
