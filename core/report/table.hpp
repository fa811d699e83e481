// The table at the end of a run: what it gained and what it cost, on a terminal's 80 columns.
#pragma once
#include <string>

namespace graft::core {

// From the text of a summary.json; `folder` is where the run lies, as the user would name it. `bold`: for a terminal. A summary
// that lacks something is exit 4, `folder` named.
std::string run_table(const std::string& summary, const std::string& folder, bool bold);

}  // namespace graft::core
