// Every plugin at hand as JSON, what a plain `use` takes opened in a process of its own: one that crashes or hangs is listed as
// such.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace graft {

// In search order: {"id", "kind", "version", "summary", "file", "folder", "state"} and, by state, of "taken" its options; of
// "beside" "use", the name that takes it; of "shadowed" "by", the file before it, and "use" where its version is a name of its own;
// of "refused" "refused", why. Nothing of those that are not taken runs.
nlohmann::ordered_json plugins_at_hand();

// The other process: opens libraries, and answers with a line of JSON for each as it is done.
[[noreturn]] void open_each(const std::vector<std::string>& files, int answer_to);

}  // namespace graft
