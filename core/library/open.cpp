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
#include "core/library/choose.hpp"
#include "core/library/handles.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin_parts.hpp"
#include "core/library/sha256.hpp"

namespace graft::core {

namespace {

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : symbol;
}

// Why the loader could not find or map what it needs, where that is known.
std::string hint_of(const PluginFile& file, const std::string& reason) {
  if (reason.find("failed to map segment") != std::string::npos)
    return "the file system that it lies on may be mounted noexec; copy it to another";
  if (file.opened != file.path && reason.find("cannot open shared object file") != std::string::npos)
    return "a locked plugin is opened from a copy in memory: link what lies beside it into it, or name its folder in "
           "LD_LIBRARY_PATH";
  return "";
}

// The loader's own words out of Boost's, and plainer where they are known.
Error not_opened(const PluginFile& file, const std::string& boosts_text) {
  static const std::string kBefore = "dlerror system message: ", kUndefined = "undefined symbol: ";
  const auto start = boosts_text.find(kBefore), end = boosts_text.rfind("): ");
  auto reason = start == std::string::npos || end == std::string::npos
                    ? boosts_text
                    : boosts_text.substr(start + kBefore.size(), end - start - kBefore.size());
  if (const auto path = file.opened.string() + ": "; reason.rfind(path, 0) == 0) reason.erase(0, path.size());
  if (reason.rfind(kUndefined, 0) != 0) return refused(file.path, "cannot be opened: " + reason, hint_of(file, reason));
  const auto symbol = reason.substr(kUndefined.size(), reason.find_first_of(" ,(", kUndefined.size()) - kUndefined.size());
  return refused(file.path, "cannot be opened: it uses '" + demangled(symbol) + "', which nothing that it is linked with defines",
                 "link what defines it; graft_add_plugin() finds such a thing when the plugin is built (-z defs)");
}

// A plugin's own static initializers run here.
const graft_descriptor* descriptor_of(const PluginFile& file, const std::string& id, const std::string& symbol) {
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  const graft_descriptor* face = nullptr;
  run_hook({id, "opening", true}, [&] {
    try {
      const auto* const library = new boost::dll::shared_library(file.opened, rtld_now | rtld_local);
      face = &library->get<const graft_descriptor>(symbol);
    } catch (const boost::dll::fs::system_error& e) {
      throw not_opened(file, e.what());
    }
    return 0;
  });
  return face;
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
  return {self, [face](void* made) { destroy(face, made); }};
}

}  // namespace

Plugin open_plugin(const PluginFile& file, const std::string& id) {
  const auto symbol = check_plugin_file(file);
  const auto sum = sha256_of(file.opened);  // before anything of it runs
  const auto face = read_face(*descriptor_of(file, id, symbol), file.path, id);
  const auto& said = face.descriptor;
  Plugin plugin{said.kind, said.id, said.version, said.summary, file.path, {}, face, made_by(said), sum, symbol != kTableSymbol};
  std::string described;
  run_hook({id, "options", true}, [&] {
    const char* const text = said.options(plugin.self.get());
    described = text ? text : "";
    return text ? 0 : 1;
  });
  plugin.options = parse_options(id, described);
  return plugin;
}

Plugin load_plugin(const Manifest& manifest, const Use& use, const std::string& kind) {
  auto choice = choose_plugin(manifest, use, kind);
  const auto& [id, version] = choice.wanted;
  auto plugin = open_plugin(choice.file, id);
  if (plugin.kind != kind) throw error_at(use.place, "'" + use.id + "' is a " + plugin.kind + ", expected a " + kind);
  if (!version.empty() && plugin.version != version) {
    const auto by = choice.lock.empty() ? "its folder's name" : choice.lock.string();
    throw refused(plugin.file, "holds version " + plugin.version + ", expected " + version + " by " + by);
  }
  plugin.behind = std::move(choice.behind);
  plugin.passed = std::move(choice.passed);
  set_options(plugin, use);
  return plugin;
}

std::string choice_text(const Plugin& plugin) {
  const bool locked = !plugin.passed.empty();
  std::vector<std::string> others;
  for (const auto& one : locked ? plugin.passed : plugin.behind) {
    const auto version = version_of(one);
    others.push_back(one.file.string() + (version.empty() ? "" : " (version " + version + ")"));
  }
  if (others.empty()) return "";
  return "plugin '" + plugin.id + "' " + plugin.version + ": taking " + plugin.file.string() +
         (locked ? ", as plugins.lock says" : "") + "; " + joined(others) + (others.size() == 1 ? " is" : " are") +
         (locked ? " before it in the search order, with other bytes" : " behind it in the search order");
}

Plan plan_of(const Plugin& strategy) {
  std::string text;
  run_hook({strategy.id, "plan", true}, [&] {
    const char* const said = strategy.face.strategy.plan(strategy.self.get());
    text = said ? said : "";
    return said ? 0 : 1;
  });
  return parse_plan(strategy.id, text);
}

}  // namespace graft::core
