// The manifest is taken as it would be written, key by key.
#include "core/rounds/identity.hpp"

#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/version.hpp"
#include "core/library/sha256.hpp"
#include "core/manifest/leaves.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

constexpr int kFormat = 1;

bool changes_results(const std::string& key) {
  const auto is = [&key](const std::string& name) { return key == name || key.starts_with(name + "."); };
  return !is("name") && !is("data.path") && !is("data.split.path") && !is("data.memory_gib") && !is("backbone.weights") &&
         !is("checkpoint") && !is("plugins");
}

// `use` may name a version; which plugin it came to is known better by its sum.
std::string value_of(const std::string& key, const Tree& tree) {
  const auto* text = std::get_if<std::string>(&tree.value);
  const bool use = key == "strategy.use" || (key.starts_with("modules.") && key.ends_with(".use"));
  if (text != nullptr) return literal(use ? text->substr(0, text->find('@')) : *text);
  return shown(tree);
}

std::string text_of(const ordered_json& value) { return value.is_string() ? value.get<std::string>() : "not given"; }

std::string key_difference(const ordered_json& now, const ordered_json& then) {
  for (const auto* side : {&now, &then}) {
    for (const auto& [key, value] : side->items()) {
      const auto a = now.value(key, ordered_json()), b = then.value(key, ordered_json());
      if (a != b) return "'" + key + "' is " + text_of(a) + ", and was " + text_of(b);
    }
  }
  return "";
}

}  // namespace

ordered_json plugins_json(const Model& model) {
  auto plugins = ordered_json::object();
  for (const auto* plugin : plugins_of(model)) plugins[plugin->id] = {{"version", plugin->version}, {"sha256", plugin->sha256}};
  return plugins;
}

ordered_json identity_json(const Federation& federation, const FileSums& sums) {
  const auto text = to_toml(federation.manifest);
  auto keys = ordered_json::object();
  for_each_leaf(read_toml(text, source_text(text, "")), [&keys](const std::string& key, const Tree& value) {
    if (changes_results(key)) keys[key] = value_of(key, value);
  });
  ordered_json json = {{"format", kFormat},
                       {"manifest", keys},
                       {"plugins", plugins_json(federation.model)},
                       {"data", sums.data},
                       {"split", sums.split},
                       {"weights", sums.weights},
                       {"versions", {{"graft", version()}, {"program", sha256_of("/proc/self/exe")}, {"libtorch", TORCH_VERSION}}}};
  for (const auto* name : {"data", "split", "weights"}) {
    if (json[name].get<std::string>().empty()) json.erase(name);
  }
  return json;
}

std::string identity_difference(const ordered_json& now, const ordered_json& then) {
  const auto part = [](const ordered_json& json, const char* name) { return json.value(name, ordered_json()); };
  const auto differs = [&](const char* name) { return part(now, name) != part(then, name); };
  if (differs("manifest")) {
    const auto a = part(now, "manifest"), b = part(then, "manifest");
    if (a.is_object() && b.is_object()) return key_difference(a, b);
  }
  if (differs("data")) return "the data's files are others";
  if (differs("split")) return "the split's file is another";
  if (differs("weights")) return "the weights' file is another";
  if (differs("plugins")) return "a plugin is another";
  return differs("versions") ? "graft, or LibTorch, is another" : "it is written in another form";
}

}  // namespace graft::core
