// One table a part; parts that are empty are left out.
#include "core/report/model_text.hpp"

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

const std::vector<Align> kNumbersBehindTwo{Align::left, Align::left, Align::right, Align::right, Align::right, Align::left};

std::string count(const ordered_json& number) { return count_text(number.get<double>()); }

std::string mi(double scalars) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", scalars / (1 << 20));
  return text;
}

std::string plain(const ordered_json& value) {
  return value.is_null() ? "unset" : value.is_string() ? value.get<std::string>() : value.dump();
}

struct Section {
  std::string title;
  std::vector<Cells> rows;
  std::vector<Align> align;
  std::string below{};
};

struct Sum {
  double tensors = 0, parameters = 0;
  void add(const ordered_json& group) {
    tensors += group.at("tensors").get<double>();
    parameters += group.at("parameters").get<double>();
  }
};

Section plugins(const ordered_json& model) {
  std::vector<Cells> rows;
  const auto add = [&rows](const std::string& kind, const ordered_json& plugin) {
    rows.push_back({kind, plugin.at("id"), plugin.at("version"), plugin.at("summary")});
    for (const auto& option : plugin.at("options")) {
      const bool changed = option.at("value") != option.at("default");
      const auto value = option.at("name").get<std::string>() + " = " + plain(option.at("value"));
      rows.push_back({"", "", "", value + (changed ? "  (default: " + plain(option.at("default")) + ")" : "")});
    }
  };
  add("strategy", model.at("strategy"));
  for (const auto& module : model.at("modules")) add("module", module);
  return {"plugins", rows, {}};
}

Section lock(const ordered_json& model) {
  if (!model.contains("lock")) return {};
  std::vector<Cells> rows;
  for (const auto& one : model.at("lock").at("plugins")) rows.push_back({one.at("id"), one.at("version"), one.at("sha256")});
  return {"only these load: " + model.at("lock").at("file").get<std::string>(), rows, {}};
}

Section roles(const ordered_json& model) {
  std::vector<Cells> rows{{"", "tensors", "parameters", "Mi"}};
  Sum all;
  for (const auto& role : model.at("roles")) {
    rows.push_back({role.at("role"), count(role.at("tensors")), count(role.at("parameters")), mi(role.at("parameters"))});
    all.add(role);
  }
  rows.push_back({"all", count_text(all.tensors), count_text(all.parameters), mi(all.parameters)});
  return {"tensors by role", rows, {Align::left, Align::right, Align::right, Align::right}};
}

// Each place with its sum first, then what it is made of.
Section partition(const ordered_json& model) {
  constexpr std::pair<const char*, const char*> kPlaces[] = {{"shared", "travels and is averaged"},
                                                             {"personal", "never travels"},
                                                             {"held", "not trained: never travels"},
                                                             {"frozen", "never travels"}};
  std::vector<Cells> rows{{"", "", "tensors", "parameters", "Mi", ""}};
  for (const auto& [where, meaning] : kPlaces) {
    const auto head = rows.size();
    Sum sum;
    for (const auto& group : model.at("partition")) {
      if (group.at("where") != where) continue;
      sum.add(group);
      rows.push_back({"", group.at("role"), count(group.at("tensors")), count(group.at("parameters")), mi(group.at("parameters")),
                      group.at("example").get<std::string>() + (group.at("tensors") > 1 ? " …" : "")});
    }
    const Cells first{where, "", count_text(sum.tensors), count_text(sum.parameters), mi(sum.parameters), meaning};
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(head), first);
  }
  return {"partition", rows, kNumbersBehindTwo};
}

Section kept_rows(const ordered_json& model) {
  if (model.at("rows").empty()) return {};
  std::vector<Cells> rows{{"", "like", "starts", "scalars", "Mi", ""}};
  for (const auto& row : model.at("rows")) {
    const auto of = row.at("owner") == "client" ? "a client's own" : "the server's, sent along";
    const auto travels =
        row.at("owner") == "client" ? (row.at("travels") == true ? ", an upload may derive from it" : ", never travels") : "";
    rows.push_back({row.at("name"), row.at("like"), plain(row.at("start")), count(row.at("scalars")), mi(row.at("scalars")),
                    std::string(of) + travels});
  }
  return {"rows beside the model", rows, {Align::left, Align::left, Align::left, Align::right, Align::right, Align::left}};
}

std::string training_text(const ordered_json& costs) {
  const auto& macs = costs.at("training_macs_per_sample_round");
  return macs.is_null() ? "" : "training        " + count(macs) + " multiply-accumulates a sample and round\n";
}

Section costs(const ordered_json& model) {
  const auto& all = model.at("costs");
  std::vector<Cells> rows{{"", "scalars", "Mi", "bytes"}};
  constexpr std::pair<const char*, const char*> kCosts[] = {{"upload_per_client_round", "sent up a round"},
                                                            {"download_per_client_round", "sent down a round"},
                                                            {"stored_per_client", "stored"},
                                                            {"own_per_client", "of that, its own"}};
  for (const auto& [key, label] : kCosts) {
    const auto& cost = all.at(key);
    rows.push_back({label, count(cost.at("scalars")), mi(cost.at("scalars")), count(cost.at("bytes"))});
  }
  const auto& macs = all.at("forward_macs_per_sample");
  return {"costs of a client",
          rows,
          {Align::left, Align::right, Align::right, Align::right},
          "\na forward pass  " + count(macs) + " multiply-accumulates a sample\n" + training_text(all)};
}

Section phases(const ordered_json& model) {
  std::vector<Cells> rows{{"", "trains", "tensors", "parameters", "Mi", ""}};
  std::string last;
  for (const auto& phase : model.at("phases")) {
    const std::string when = phase.at("when");
    auto how = phase.contains("steps") ? many_text(phase.at("steps"), "step") : many_text(phase.at("epochs"), "epoch");
    how += ", " + plain(phase.at("optimizer")) + ", lr " + plain(phase.at("lr"));
    if (phase.at("parts") > 1) how += ", " + count(phase.at("parts")) + " batches a step";
    if (phase.at("works") == false) how = "skipped: it has nothing to do";
    rows.push_back({when == last ? "" : when, phase.at("trains"), count(phase.at("tensors")), count(phase.at("parameters")),
                    mi(phase.at("parameters")), how});
    last = when;
  }
  return {"phases of a client's turn (training), before scoring (tuning), after the last round (closing)", rows, kNumbersBehindTwo};
}

}  // namespace

std::string model_text(const std::string& model_json, std::size_t width) {
  const auto model = ordered_json::parse(model_json);
  std::string text;
  for (const auto& [title, rows, align, below] :
       {plugins(model), lock(model), roles(model), partition(model), kept_rows(model), costs(model), phases(model)}) {
    if (rows.empty()) continue;
    text += (text.empty() ? "" : "\n") + joined(wrapped(title, width), "\n") + "\n" + aligned_within(width, rows, align, 2) + below;
  }
  return text;
}

}  // namespace graft::core
