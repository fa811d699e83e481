// Where a plugin's file comes from: its bytes, what built it, and what `graft plugins add` noted when it put it there.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/library/plugin.hpp"

namespace graft::core {

inline constexpr const char* kProvenanceFile = "provenance.json";  // beside the library that was added

// {"bytes", "modified", "sha256", "built", "behind": [files], "added": {"from", "at", "checked", "same_bytes"}}; without "built"
// and "added" where nothing says so. Not "same_bytes": the file has changed since it was added. Of a NATIVE plugin "libtorch", the
// version that it is built on.
nlohmann::ordered_json provenance_json(const Plugin& plugin);

// "2026-11-20T19:08:33.250Z", or to the second.
enum class Precision { seconds, milliseconds };
std::string utc_text(std::int64_t milliseconds, Precision precision);  // since 1970

}  // namespace graft::core
