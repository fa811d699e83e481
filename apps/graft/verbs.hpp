// The verbs, one file each: what stands behind the verb on the command line in, the exit status out. They throw core::Error.
#pragma once
#include <span>

#include "apps/graft/command_line.hpp"

namespace graft {

int run_verb(const Arguments& arguments);
int compare_verb(const Arguments& arguments);
int watch_verb(const Arguments& arguments);
int inspect_verb(const Arguments& arguments);
int data_verb(const Arguments& arguments);
int evaluate_verb(const Arguments& arguments);
int export_verb(const Arguments& arguments);
int plugins_verb(const Arguments& arguments);
int new_verb(const Arguments& arguments);
int check_verb(const Arguments& arguments);
int completion_verb(const Arguments& arguments);

struct Verb {
  const char *name, *takes, *does;  // as `graft --help` shows them
  int (*act)(const Arguments&);     // null: not in this version
};
std::span<const Verb> verbs();  // in the order in which they are shown, those of later versions last

}  // namespace graft
