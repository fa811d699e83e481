// The table at the end of a run: what it gained and what it cost.
#pragma once
#include <cstddef>
#include <string>

namespace graft::core {

struct TableStyle {
  std::size_t width = 80;  // columns; wider than 80 is not used
  bool bold = false;
};

// From the text of a summary.json; `folder` is where the run lies, as the user would name it. A summary that lacks something is
// exit 4, `folder` named.
std::string run_table(const std::string& summary, const std::string& folder, const TableStyle& style);

// The scores alone, from the text of an evaluation_json; `how`: what was scored, a sentence.
std::string scores_table(const std::string& scores, const std::string& how, const TableStyle& style);

}  // namespace graft::core
