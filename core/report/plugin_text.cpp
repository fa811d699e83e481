// A head, then one list for the options and one for the plan.
#include "core/report/plugin_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLeast = 30;  // columns of a text, however narrow the terminal

std::string shown(const ordered_json& value) { return value.is_null() ? "unset" : value.dump(); }

// A label, and its text on as many lines as it needs.
void add(std::vector<Cells>& rows, std::string label, const std::string& text, std::size_t width) {
  for (const auto& line : wrapped(text, width)) rows.push_back({std::exchange(label, ""), line});
}

std::string options_text(const ordered_json& options, std::size_t width) {
  if (options.empty()) return "\noptions: none\n";
  std::string text = "\noptions\n";
  for (const auto& option : options) {
    text += "  " + option.at("name").get<std::string>() + " = " + shown(option.at("default")) + "\n";
    std::vector<Cells> rows;
    for (const auto* part : {"meaning", "values"}) {
      for (const auto& line : wrapped(option.at(part), std::max(kLeast, width - 6))) rows.push_back({line});
    }
    text += aligned(rows, {}, 6);
  }
  return text;
}

std::string phase_text(const ordered_json& phase) {
  const std::string selector = phase.at("trains");
  std::string text = selector == "*" ? "everything" : selector;
  if (phase.contains("steps")) text += ", " + many_text(phase.at("steps"), "step");
  if (phase.contains("epochs")) {
    const auto& epochs = phase.at("epochs");
    text += ", " + (epochs.is_string() ? epochs.get<std::string>() + " epochs" : many_text(epochs, "epoch"));
  }
  if (phase.contains("lr")) text += ", lr " + phase.at("lr").dump();
  if (phase.contains("lr_scale")) text += ", lr x " + phase.at("lr_scale").dump();
  if (phase.contains("batches_a_step")) text += ", " + phase.at("batches_a_step").dump() + " batches a step";
  if (phase.contains("optimizer")) text += ", plain sgd";
  return text;
}

std::string row_text(const ordered_json& row) {
  const std::string like = row.at("like");
  return row.at("name").get<std::string>() +
         (like == "scalar" ? ", one number" : ", like the " + like + (like == "model" ? "" : " part")) +
         (row.at("sent") == true ? ", an upload may derive from it" : "");
}

std::string mixing_text(const ordered_json& plan) {
  const auto& gossip = plan.at("gossip");
  if (gossip.is_null()) {
    const std::string by = plan.at("weighting");
    return by == "samples" ? "by training samples" : by == "batches" ? "by batches an epoch" : "all clients alike";
  }
  const std::string graph = gossip.at("graph");
  const auto neighbours = graph == "random" ? " (" + gossip.at("neighbours").dump() + " of the clients)" : "";
  return "without a server, graph " + graph + neighbours + ", " + gossip.at("weights").get<std::string>() + " weights";
}

std::string plan_text(const ordered_json& plan, std::size_t width) {
  std::vector<Cells> rows;
  const auto room = std::max(kLeast, width - 13);
  const std::string personal = plan.at("personal");
  add(rows, "personal", personal.empty() ? "nothing" : personal == "*" ? "everything" : personal, room);
  const auto each = [&](const char* name, const auto& text_of) {
    std::string label = name;
    for (const auto& one : plan.at(name)) add(rows, std::exchange(label, ""), text_of(one), room);
  };
  each("training", phase_text);
  each("tuning", phase_text);
  each("closing", phase_text);
  if (plan.at("stateless") == true) add(rows, "stateless", "the personal part begins each turn anew", room);
  add(rows, plan.at("gossip").is_null() ? "weighting" : "gossip", mixing_text(plan), room);
  each("keeps", row_text);
  each("serves", row_text);
  each("modules", [](const ordered_json& id) { return id.get<std::string>() + ", where the manifest lists none"; });
  return "\nplan, with these options\n" + aligned(rows, {}, 2);
}

void add_provenance(std::vector<Cells>& rows, const ordered_json& provenance, std::size_t room) {
  const auto word = [](const ordered_json& json, const char* name) { return json.at(name).get<std::string>(); };
  add(rows, "", bytes_text(provenance.at("bytes")) + ", modified " + word(provenance, "modified"), room);
  rows.push_back({"SHA-256", word(provenance, "sha256")});
  if (provenance.contains("built")) add(rows, "built by", word(provenance, "built"), room);
  if (provenance.contains("libtorch")) add(rows, "native", "on LibTorch " + word(provenance, "libtorch") + " alone", room);
  for (const auto& file : provenance.at("behind")) add(rows, "behind it", file.get<std::string>(), room);
  if (!provenance.contains("added")) return;
  const auto& added = provenance.at("added");
  const auto origin = word(added, "at") + " from " + word(added, "from");
  if (added.at("same_bytes") == true) return add(rows, "added", origin + "; " + word(added, "checked"), room);
  add(rows, "changed", "since it was added " + origin + ": what was checked then is not what is here now", room);
}

}  // namespace

std::string plugin_text(const ordered_json& plugin, std::size_t width) {
  const auto word = [&plugin](const char* name) { return plugin.at(name).get<std::string>(); };
  auto text =
      joined(wrapped(word("id") + " " + word("version") + ", a " + word("kind") + ": " + word("summary"), width), "\n") + "\n";
  std::vector<std::string> hooks = plugin.at("fills");
  const auto room = std::max(kLeast, width - 11);
  std::vector<Cells> rows{{"file", word("file")}};
  add_provenance(rows, plugin.at("provenance"), room);
  add(rows, "hooks", hooks.empty() ? "none: its plan says it all" : joined(hooks), room);
  text += aligned(rows, {}, 2) + options_text(plugin.at("options"), width);
  if (plugin.contains("plan_failed")) return text + "\nplan: none with these options\n  " + word("plan_failed") + "\n";
  return plugin.contains("plan") ? text + plan_text(plugin.at("plan"), width) : text;
}

}  // namespace graft::core
