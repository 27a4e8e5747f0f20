// SPDX-License-Identifier: MIT
//
// What the shared code needs of this backend inline: see backend.hpp.in.
#pragma once

#include "win32/counted_fast.hpp"
#include "win32/mutex_fast.hpp"
#include "win32/start_gate.hpp"
