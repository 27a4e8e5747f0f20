// SPDX-License-Identifier: MIT
//
// The code of the pages in docs/, compiled and run. What stands between '// [name]' and '// [end]'
// is shown there; the rest makes it run and looks at what came out.
#pragma once

#include <string_view>

namespace guides {

/// Notes what does not hold; main() then fails.
void expect(bool holds, std::string_view what);

void sharing();
void waiting();
void files();
void from_win32();
void from_boost();
void from_qt();
void from_posix();
void troubleshooting();

}  // namespace guides
