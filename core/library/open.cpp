// Opening a plugin, for ever: a library that is unloaded takes with it code that others may still run.
#define BOOST_DLL_USE_STD_FS
#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

// Boost 1.74's own header uses std::vector without including it.
#include <boost/dll/shared_library.hpp>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/library/handles.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : symbol;
}

// The loader's own words out of Boost's, and plainer where they are known.
Error not_opened(const fs::path& file, const std::string& boosts_text) {
  static const std::string kBefore = "dlerror system message: ", kUndefined = "undefined symbol: ";
  const auto start = boosts_text.find(kBefore), end = boosts_text.rfind("): ");
  auto reason = start == std::string::npos || end == std::string::npos
                    ? boosts_text
                    : boosts_text.substr(start + kBefore.size(), end - start - kBefore.size());
  if (const auto path = file.string() + ": "; reason.rfind(path, 0) == 0) reason.erase(0, path.size());
  if (reason.rfind(kUndefined, 0) != 0) return refused(file, "cannot be opened: " + reason);
  const auto symbol = reason.substr(kUndefined.size(), reason.find_first_of(" ,(", kUndefined.size()) - kUndefined.size());
  return refused(file, "cannot be opened: it uses '" + demangled(symbol) + "', which nothing that it is linked with defines",
                 "link what defines it; graft_add_plugin() finds such a thing when the plugin is built (-z defs)");
}

// A plugin's own static initializers run here.
const graft_descriptor* descriptor_of(const fs::path& file, const std::string& id) {
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  const graft_descriptor* face = nullptr;
  run_hook({id, "opening", true}, [&] {
    try {
      const auto* const library = new boost::dll::shared_library(file, rtld_now | rtld_local);
      face = &library->get<const graft_descriptor>(kPluginSymbol);
    } catch (const boost::dll::fs::system_error& e) {
      throw not_opened(file, e.what());
    }
    return 0;
  });
  return face;
}

void check_descriptor(const graft_descriptor& face, const fs::path& file, const std::string& id) {
  const auto bytes = [](std::size_t size) { return std::to_string(size) + " bytes"; };
  if (face.size < sizeof face) {
    throw refused(file, "is built with an older SDK: its descriptor has " + bytes(face.size) + ", expected at least " +
                            bytes(sizeof face) + "; rebuild the plugin with this version's SDK");
  }
  if (face.table_size > sizeof(graft_tensor_table)) {
    throw refused(file, "is built with a newer SDK: its tensor table has " + bytes(face.table_size) + ", this host's " +
                            bytes(sizeof(graft_tensor_table)) + "; update graft, or rebuild the plugin with this version's SDK");
  }
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

void check_hooks(const graft_descriptor& face, const fs::path& file) {
  const std::string kind = face.kind;
  if (kind != "strategy" && kind != "module")
    throw refused(file, "is of the unknown kind '" + kind + "', expected strategy or module");
  const bool whole = kind == "strategy"
                         ? face.strategy && face.strategy->size >= sizeof(graft_strategy_hooks) && face.strategy->plan
                         : face.module && face.module->size >= sizeof(graft_module_hooks) && face.module->tensors;
  if (!whole) throw refused(file, "is a " + kind + " but has not the hooks of one; rebuild the plugin with this version's SDK");
}

void destroy(const graft_descriptor& face, void* self) {
  try {
    run_hook({face.id, "destroy", true}, [&] { return face.destroy(self), 0; });
  } catch (const std::exception& e) {
    log(Level::warning, e.what());
  }
}

std::shared_ptr<void> made_by(const graft_descriptor& face) {
  void* self = nullptr;
  const std::string id = face.id;
  run_hook({id, "start", true}, [&] { return face.start(host_face()); });
  run_hook({id, "create", true}, [&] { return (self = face.create()) ? 0 : 1; });
  return {self, [&face](void* made) { destroy(face, made); }};
}

Error unknown_plugin(const Use& use, const std::string& kind, const std::vector<Found>& found,
                     const std::vector<fs::path>& folders) {
  std::vector<std::string> ids, places;
  for (const auto& one : found) ids.push_back(one.id);
  for (const auto& folder : folders) places.push_back(folder.string());
  auto error = error_at(use.place, "unknown " + kind + " '" + use.id + "'" + did_you_mean(use.id, ids));
  error.more += (error.more.empty() ? "" : "\n") + (ids.empty() ? "no plugin was found in " + joined(places)
                                                                : "found: " + joined(ids) + "; searched: " + joined(places));
  return error;
}

}  // namespace

Plugin open_plugin(const fs::path& given, const std::string& id) {
  const auto file = fs::absolute(given).lexically_normal();
  check_plugin_file(file);
  const auto* const face = descriptor_of(file, id);
  check_descriptor(*face, file, id);
  check_hooks(*face, file);
  Plugin plugin{face->kind, face->id, face->version, face->summary, file, {}, face, made_by(*face)};
  std::string described;
  run_hook({id, "options", true}, [&] {
    const char* const text = face->options(plugin.self.get());
    described = text ? text : "";
    return text ? 0 : 1;
  });
  plugin.options = parse_options(id, described);
  return plugin;
}

Plugin load_plugin(const Manifest& manifest, const Use& use, const std::string& kind) {
  const auto folders = plugin_folders(manifest.plugin_paths);
  const auto found = find_plugins(folders);
  const auto at = std::find_if(found.begin(), found.end(), [&](const Found& one) { return one.id == use.id; });
  if (at == found.end()) throw unknown_plugin(use, kind, found, folders);
  auto plugin = open_plugin(at->file, use.id);
  if (plugin.kind != kind) throw error_at(use.place, "'" + use.id + "' is a " + plugin.kind + ", expected a " + kind);
  set_options(plugin, use);
  return plugin;
}

Plan plan_of(const Plugin& strategy) {
  std::string text;
  run_hook({strategy.id, "plan", true}, [&] {
    const char* const said = strategy.face->strategy->plan(strategy.self.get());
    text = said ? said : "";
    return said ? 0 : 1;
  });
  return parse_plan(strategy.id, text);
}

}  // namespace graft::core
