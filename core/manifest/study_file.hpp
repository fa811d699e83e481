// A study's file and the bases below it, taken apart: what is the study's own, and what is a manifest's.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/manifest/tree.hpp"

namespace graft::core {

struct StudyFile {
  std::filesystem::path file, folder;  // folder: whose plugins.lock binds it
  Place place;
  std::optional<KeyValue> name{}, seeds{}, baseline{}, variants{}, grid{}, base{};
  Tree::Table keys{};  // of a manifest, those of the bases below them; `seed` only where no `seeds` are
};

// Changed by `overrides` of the study's own keys; others are not looked at.
StudyFile read_study_file(const std::filesystem::path& file, const std::vector<std::string>& overrides);

// The first part of the key in KEY=VALUE, and whether it is one of a study's own, or `seed`, which takes the place of its seeds.
std::string first_part(const std::string& override);
bool is_of_study(const std::string& override);

// Exit 2 where a name does not do as a folder's.
void check_folder_name(const std::string& name, const Place& place, const std::string& what);

}  // namespace graft::core
