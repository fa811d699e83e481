// A tree as JSON, places and texts included: what another process is to read, it reads as if it had read the files itself.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/manifest/tree.hpp"

namespace graft::core {

// For CBOR rather than as text: names of files and folders may be any bytes.
nlohmann::json json_of(const Tree& tree);
Tree tree_of(const nlohmann::json& json);

}  // namespace graft::core
