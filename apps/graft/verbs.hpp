// The verbs, one file each: what stands behind the verb on the command line in, the exit status out. They throw core::Error.
#pragma once
#include "apps/graft/command_line.hpp"

namespace graft {

int run_verb(const Arguments& arguments);
int inspect_verb(const Arguments& arguments);
int export_verb(const Arguments& arguments);
int plugins_verb(const Arguments& arguments);

}  // namespace graft
