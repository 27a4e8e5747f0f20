// SPDX-License-Identifier: MIT
#include "posix/system/seam.hpp"

#ifdef ISTHMUS_SEAMS
namespace isthmus::seam {

hook_type hook = nullptr;
bool skip_link_test = false;
bool no_lists = false;
bool skip_turn = false;
std::int64_t wall_shift = 0;
constinit std::string_view tag;

}  // namespace isthmus::seam
#endif
