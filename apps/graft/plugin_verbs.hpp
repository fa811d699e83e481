// What stands behind `graft plugins`: each a verb of its own.
#pragma once
#include "apps/graft/command_line.hpp"

namespace graft {

int add_plugins(const Arguments& arguments);     // graft plugins add FILE|FOLDER|ARCHIVE…
int remove_plugins(const Arguments& arguments);  // graft plugins remove ID[@VERSION]…
int lock_plugins(const Arguments& arguments);    // graft plugins lock [M…]

}  // namespace graft
