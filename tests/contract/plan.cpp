// What a plugin declares is a function of its options: the same whenever it is asked, and fit for any backbone.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/report/plugin_json.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

constexpr int kAsked = 3;

std::string plan_text(const core::Plugin& strategy) { return core::whole_plugin_json(strategy).at("plan").dump(); }

void require_equal(const std::string& found, const std::string& first, const std::string& when) {
  if (found == first) return;
  std::size_t at = 0;
  while (at < std::min(found.size(), first.size()) && found[at] == first[at]) ++at;
  const auto from = at - std::min<std::size_t>(at, 20);
  throw Failed(when + " it says …" + found.substr(from, 60) + "…, at first it said …" + first.substr(from, 60) + "…");
}

// One line a tensor: name, shape, how it begins.
std::string tensors_text(const core::Modules& modules) {
  std::string text;
  for (const auto& tensor : modules.tensors()) {
    text += tensor.name + " [";
    for (const auto size : tensor.shape) text += std::to_string(size) + " ";
    char value[32];
    std::snprintf(value, sizeof value, "%.17g", tensor.init.value);
    text += "] " + std::to_string(int(tensor.init.kind)) + " " + value + "\n";
  }
  return text;
}

std::vector<core::TensorSpec> backbone_of(const core::Model& model) { return core::tensors_of(model.vit.shape()); }

struct Shape {
  const char* words;
  Words keys;
};
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"1 block of width 8", {"backbone.depth=1", "backbone.width=8", "backbone.heads=1"}},
      {"3 blocks of width 24", {"backbone.depth=3", "backbone.width=24", "backbone.heads=3"}},
      {"2 blocks of width 16 and images of 12 x 12", {"backbone.image_size=12"}},
      {"12 blocks of width 16", {"backbone.depth=12"}},
      {"2 blocks, the attention frozen", {"backbone.freeze=[\"attn\"]"}},
  };
  return all;
}

void compose_on(const Subject& subject, const Shape& shape, const std::string& module) {
  auto keys = shape.keys;
  if (!module.empty()) keys.push_back("modules=[{use=\"" + module + "\"}]");
  try {
    core::compose(manifest_of(subject, keys), 3);
  } catch (const core::Error& error) {
    throw Failed(std::string("on ") + shape.words + (module.empty() ? "" : " with " + module) + ": " + error.what());
  }
}

}  // namespace

void plan_pure(const Subject& subject) {
  auto federation = small(subject);
  const auto& used = federation.model.strategy;
  const auto first = plan_text(used);
  for (int i = 0; i < kAsked; ++i) require_equal(plan_text(used), first, "asked again,");
  for (int i = 0; i < kAsked; ++i) require_equal(plan_text(small(subject).model.strategy), first, "another instance,");
  play(federation, 1);
  require_equal(plan_text(used), first, "after a round");
}

void selectors_match(const Subject& subject) {
  const auto plugin = core::open_plugin(subject.file, subject.id);
  const auto found = core::find_plugins(core::plugin_folders({}));
  for (const auto& shape : shapes()) {
    compose_on(subject, shape, "");
    for (const auto* const module : {"prefix", "adapter", "prompt", "lora"}) {
      const auto same = [&](const core::Found& one) { return one.id == module; };
      if (std::any_of(found.begin(), found.end(), same)) compose_on(subject, shape, module);
    }
  }
}

void tensors_pure(const Subject& subject) {
  auto federation = small(subject);
  const auto& model = federation.model;
  const auto first = tensors_text(*model.modules);
  const auto asked_again = [&] {
    return tensors_text(core::Modules(model.vit.shape(), {{model.modules->plugins().front(), {}}}, backbone_of(model)));
  };
  for (int i = 0; i < kAsked; ++i) require_equal(asked_again(), first, "asked again,");
  for (int i = 0; i < kAsked; ++i) require_equal(tensors_text(*small(subject).model.modules), first, "another instance,");
  play(federation, 1);
  require_equal(asked_again(), first, "after a round");
}

}  // namespace graft::contract
