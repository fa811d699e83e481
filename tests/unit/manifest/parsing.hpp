// Manifests in a line, and what is said of wrong ones.
#pragma once
#include <string>
#include <vector>

#include "core/manifest/manifest.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

// "m.toml" with what is required, then `text`.
inline std::string with_required(const std::string& text) { return "strategy.use = \"fedavg\"\ndata.source = \"shapes\"\n" + text; }

inline Manifest parsed(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_manifest(text, "m.toml", "/folder", overrides);
}

inline Manifest parsed_with_required(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parsed(with_required(text), overrides);
}

// The first line that is said of a text, in which required keys stand on the last two lines.
inline std::string said_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const auto error = error_of([&] { parsed(text + "\n[strategy]\nuse = \"fedavg\"\n", overrides); });
  return error.status == Exit::usage || error.status == Exit::done ? error.what() : "wrong status";
}

}  // namespace graft::core
