// SPDX-License-Identifier: MIT
//
// What run and wait say when they have waited.
#pragma once

#include "commands.hpp"

#include <string>
#include <string_view>

namespace tool {

/// `mutex "backup" was not free within 10 s; it is owned by 4711 (writer); give it more …`
[[nodiscard]] std::string timeout_text(const std::string& name, isthmus::scope where,
                                       duration timeout);

/// The same for several objects.
[[nodiscard]] std::string timeout_text(std::size_t objects, bool all, duration timeout);

/// `the last owner of mutex "backup", 4711 (writer), died with it; …`
[[nodiscard]] std::string abandoned_text(const std::string& name, isthmus::scope where);

}  // namespace tool
