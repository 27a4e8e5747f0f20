// SPDX-License-Identifier: MIT
#include <isthmus/version.hpp>

namespace isthmus {

std::string_view version() noexcept { return ISTHMUS_VERSION_TEXT; }

}  // namespace isthmus
