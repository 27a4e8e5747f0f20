// SPDX-License-Identifier: MIT
//
// What the shared code needs of this backend inline: see backend.hpp.in.
#pragma once

#include "posix/processes/start_gate.hpp"
#include "posix/waits/counted_fast.hpp"
#include "posix/waits/mutex_fast.hpp"
