// One value into the member that its key is bound to.
#pragma once
#include <filesystem>
#include <functional>

#include "core/manifest/keys.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

// Where a relative path starts that was written at this place.
using FolderOf = std::function<std::filesystem::path(const Place&)>;

// A wrong type, a value out of range or an unknown choice is an error at the value's place; what is not served yet, at the key's.
void assign(const Key& key, const KeyValue& entry, const FolderOf& folder_of);

}  // namespace graft::core
