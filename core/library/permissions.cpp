// A plugin is code that runs with the user's rights: what anybody on the machine may replace is not run.
#include <sys/stat.h>

#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

void refuse_if_open_to_all(const fs::path& file, const fs::path& what, const std::string& which) {
  struct stat facts {};
  if (stat(what.c_str(), &facts) != 0 || (facts.st_mode & S_IWOTH) == 0) return;
  throw refused(file, "anyone on this machine may change " + which + ", expected none but its owner and group; chmod o-w '" +
                          what.string() + "'");
}

}  // namespace

void check_permissions(const fs::path& given) {
  const auto file = fs::absolute(given).lexically_normal();
  std::error_code none;
  const auto end = fs::canonical(file, none);
  refuse_if_open_to_all(given, file, "it");
  refuse_if_open_to_all(given, file.parent_path(), "what lies in its folder");
  if (!none && end != file) refuse_if_open_to_all(given, end.parent_path(), "what lies in the folder that its link leads to");
}

}  // namespace graft::core
