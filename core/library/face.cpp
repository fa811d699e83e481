// A plugin's descriptor and hooks as this host knows them: checked, and copied, for a plugin of another age has shorter or longer
// ones.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

// Up to the last entry of SDK 1.0. What is appended later may be missing.
constexpr std::size_t kFirstDescriptor = offsetof(graft_descriptor, built) + sizeof(void*);
constexpr std::size_t kFirstStrategy = offsetof(graft_strategy_hooks, predictor) + sizeof(void*);
constexpr std::size_t kFirstModule = offsetof(graft_module_hooks, merged) + sizeof(void*);

std::string bytes(std::size_t size) { return std::to_string(size) + " bytes"; }
std::string sdk_text(std::uint32_t version) { return std::to_string(version / 100) + "." + std::to_string(version % 100); }

Error too_new(const fs::path& file, const std::string& what) {
  return refused(file, what + "; update graft, or build the plugin with GRAFT_TARGET=" + std::to_string(GRAFT_SDK));
}

// The part that this host knows; what a shorter one lacks is null. Beyond, a newer plugin may have entries, but none that it fills.
template <class Struct>
Struct known_part(const Struct& given, std::size_t first_size, const fs::path& file, const std::string& what) {
  if (given.size < first_size) {
    throw refused(file, "is built with an older SDK: its " + what + " has " + bytes(given.size) + ", expected at least " +
                            bytes(first_size) + "; rebuild the plugin with this version's SDK");
  }
  const auto* const begin = reinterpret_cast<const char*>(&given);
  if (given.size > sizeof given && std::any_of(begin + sizeof given, begin + given.size, [](char c) { return c != 0; })) {
    throw too_new(file, "is built with a newer SDK: its " + what + " has an entry that this graft does not know");
  }
  Struct known{};
  std::memcpy(&known, begin, std::min<std::size_t>(given.size, sizeof known));
  return known;
}

void check_descriptor(const graft_descriptor& face, const fs::path& file, const std::string& id) {
  if (!face.kind || !face.id || !face.version || !face.summary || !face.start || !face.create || !face.destroy || !face.options ||
      !face.set) {
    throw refused(file, "its descriptor has an entry that is null");
  }
  const std::string_view version = face.version;  // goes into files and onto the terminal
  if (version.empty() || !std::all_of(version.begin(), version.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    throw refused(file, "its version is empty or no plain text, expected one like 1.0.0");
  }
  if (face.id != id) {
    throw refused(file, "holds the plugin '" + std::string(face.id) + "', expected '" + id +
                            "' by the file's name; rename the file to " + face.id + ".so");
  }
}

}  // namespace

Face read_face(const graft_descriptor& given, const fs::path& file, const std::string& id) {
  if (given.target > GRAFT_SDK) {
    throw too_new(file,
                  "is built for hosts of SDK " + sdk_text(given.target) + " and newer, this graft has " + sdk_text(GRAFT_SDK));
  }
  Face face{known_part(given, kFirstDescriptor, file, "descriptor"), {}, {}};
  check_descriptor(face.descriptor, file, id);
  const std::string kind = face.descriptor.kind;
  if (kind != "strategy" && kind != "module") {
    throw refused(file, "is of the unknown kind '" + kind + "', expected strategy or module");
  }
  if (kind == "strategy" && face.descriptor.strategy) {
    face.strategy = known_part(*face.descriptor.strategy, kFirstStrategy, file, "table of hooks");
  }
  if (kind == "module" && face.descriptor.module) {
    face.module = known_part(*face.descriptor.module, kFirstModule, file, "table of hooks");
  }
  if (!face.strategy.plan && !face.module.tensors) {
    throw refused(file, "is a " + kind + " but has not the hooks of one; rebuild the plugin with this version's SDK");
  }
  return face;
}

}  // namespace graft::core
