// A label and a few words for each of a summary's parts.
#include "core/report/table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

constexpr std::size_t kWidest = 80, kNarrowest = 40, kLabels = 14;  // columns of the table, and before its text

std::string percent(const json& fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", 100 * fraction.get<double>());
  return text;
}

std::string counted(const json& number) { return count_text(number.get<double>()); }

// 1.26 billion; 26,144
std::string large(double number) {
  char text[32];
  if (number < 1e6) return count_text(number);
  std::snprintf(text, sizeof text, "%.1f %s", number / (number < 1e9 ? 1e6 : 1e9), number < 1e9 ? "million" : "billion");
  return text;
}

std::string title(const json& run) {
  std::string with = run.at("strategy");
  for (const std::string module : run.at("modules")) with += " + " + module;
  const auto& lanes = run.at("lanes");
  return joined({with, many_text(run.at("rounds"), "round"), "seed " + counted(run.at("seed")),
                 run.at("device").get<std::string>() + " " + run.at("precision").get<std::string>()}) +
         (lanes == 1 ? "" : ", " + many_text(lanes, "lane"));
}

struct Rows {
  std::size_t text;  // columns behind the labels
  std::vector<Cells> all{};

  // A label, and behind it as many lines as the parts need.
  void add(const std::string& label, const std::vector<std::string>& parts) {
    std::vector<std::string> lines;
    for (const auto& line : broken(parts, text)) {
      if (shown_width(line) <= text) lines.push_back(line);
      if (shown_width(line) > text) std::ranges::move(wrapped(line, text), std::back_inserter(lines));
    }
    for (std::size_t i = 0; i < lines.size(); ++i) all.push_back({i == 0 ? label : "", lines[i]});
  }
};

void add_accuracy(Rows& rows, const json& run) {
  std::size_t scored = 0;
  for (const auto& client : run.at("clients")) scored += client.at("test_samples") > 0;
  const auto all = run.at("clients").size();
  if (scored == 0) {
    return rows.add("accuracy", {"none: no client has test samples"});
  }
  const auto& accuracy = run.at("accuracy");
  const auto over =
      scored == all ? many_text(std::int64_t(all), "client") : counted(scored) + " of " + many_text(std::int64_t(all), "client");
  rows.add("accuracy", {percent(accuracy.at("mean")) + " ± " + percent(accuracy.at("std")) + " % over " + over,
                        percent(accuracy.at("weighted_mean")) + " % weighted by test samples"});
  std::vector<std::string> spread;
  for (const auto* name : {"min", "p10", "median", "p90", "max"})
    spread.push_back(std::string(name) + " " + percent(accuracy.at(name)));
  const auto line = joined(spread, "   ");
  rows.add("", shown_width(line) <= rows.text ? std::vector{line} : spread);
}

void add_costs(Rows& rows, const json& run) {
  const auto& cost = run.at("cost");
  const auto size = [&cost](const char* name) { return bytes_text(cost.at(name).get<double>()); };
  if (cost.at("upload_bytes_per_client_round") == 0 && cost.at("download_bytes_per_client_round") == 0) {
    rows.add("travels", {"nothing"});
  } else {
    rows.add("travels", {size("upload_bytes_per_client_round") + " up",
                         size("download_bytes_per_client_round") + " down a client and round", size("total_bytes") + " in all"});
  }
  const auto own = cost.value("own_bytes_per_client", 0.0);
  rows.add("stored", own > 0 ? std::vector{size("stored_bytes_per_client") + " a client", bytes_text(own) + " of it its own"}
                             : std::vector{size("stored_bytes_per_client") + " a client"});
}

void add_parameters(Rows& rows, const json& run) {
  const auto& parameters = run.at("parameters");
  std::vector<std::string> parts;
  for (const auto* where : {"shared", "personal", "held", "frozen"}) {
    if (parameters.at(where) != 0) parts.push_back(counted(parameters.at(where)) + " " + where);
  }
  parts.front() = counted(parameters.at("total")) + ": " + parts.front();
  rows.add("parameters", parts);
  rows.add("forward", {large(run.at("cost").at("forward_macs_per_sample")) + " multiply-accumulates a sample"});
  if (const auto macs = run.at("cost").value("training_macs_per_sample_round", json()); macs.is_number()) {
    rows.add("training", {large(macs) + " multiply-accumulates a sample and round"});
  }
}

void add_effort(Rows& rows, const json& run) {
  const auto& time = run.at("time");
  const auto took = [&time](const char* name) { return seconds_text(time.at(name).get<double>()); };
  std::vector<std::string> parts = {took("total_s") + ": " + took("train_s") + " training", took("evaluate_s") + " scoring",
                                    took("merge_s") + " merging", took("write_s") + " writing"};
  const auto samples = time.value("samples", 0.0), seconds = time.at("train_s").get<double>();
  if (samples > 0 && seconds > 0) {
    parts.push_back(many_text(time.at("client_steps"), "step"));
    parts.push_back(count_text(samples / seconds) + " images/s in training");
  }
  rows.add("time", parts);
  rows.add("memory", {bytes_text(run.at("peak_memory_bytes").get<double>()) + " at its peak"});
}

std::size_t width_of(const TableStyle& style) { return std::clamp(style.width, kNarrowest, kWidest); }

std::string under_title(const json& run, const std::vector<Cells>& rows, const TableStyle& style) {
  const auto name = run.at("name").get<std::string>();
  auto head = joined(wrapped(name + ": " + title(run), width_of(style)), "\n") + "\n";
  if (style.bold) head = "\x1b[1m" + head.insert(std::min(head.size(), name.size()), "\x1b[0m");
  std::string rule;
  for (std::size_t i = 0; i < width_of(style); ++i) rule += "─";
  return head + rule + "\n" + aligned(rows, {}, 2);
}

std::string table_of(const json& run, const std::string& folder, const TableStyle& style) {
  Rows rows{width_of(style) - kLabels};
  add_accuracy(rows, run);
  add_costs(rows, run);
  add_parameters(rows, run);
  add_effort(rows, run);
  rows.add("run", {folder});
  return under_title(run, rows.all, style);
}

}  // namespace

std::string run_table(const std::string& summary, const std::string& folder, const TableStyle& style) {
  try {
    return table_of(json::parse(summary), folder, style);
  } catch (const json::exception&) {
    throw Error(Exit::data, folder + ": its summary.json is damaged, or of another version",
                "graft run … --resume writes it anew.");
  }
}

std::string scores_table(const std::string& scores, const std::string& how, const TableStyle& style) {
  const auto run = json::parse(scores);
  Rows rows{width_of(style) - kLabels};
  add_accuracy(rows, run);
  rows.add("scored", {how});
  return under_title(run, rows.all, style);
}

}  // namespace graft::core
