// What a run is known by: two runs with one identity come to the same.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/data/file_sums.hpp"
#include "core/rounds/federation.hpp"

namespace graft::core {

inline constexpr const char* kIdentityFile = "identity.json";  // in the run's folder

// Of a composed federation: every key of the resolved manifest, but for names, paths (files are known by their sums), plugins.*
// (known by theirs), checkpoint.* and data.memory_gib, which change no result; versions and sums of plugins; versions of graft and
// LibTorch, and the program's own sum: what is mended in it may change results. The number of threads is not part of it, though
// last bits depend on it: a run goes on with as many as it began with.
nlohmann::ordered_json identity_json(const Federation& federation, const FileSums& sums);

// {ID: {"version", "sha256"}, …} of a model's plugins.
nlohmann::ordered_json plugins_json(const Model& model);

// The first thing in which two of them differ: "'rounds' is 5, and was 3".
std::string identity_difference(const nlohmann::ordered_json& now, const nlohmann::ordered_json& then);

}  // namespace graft::core
