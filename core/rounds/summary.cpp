// Puts a summary together.
#include "core/rounds/summary.hpp"

#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <torch/version.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/version.hpp"
#include "core/data/domains.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

ordered_json options_of(const Plugin& plugin) {
  ordered_json options = ordered_json::object();
  for (const auto& option : plugin.options) {
    options[option.name] = nullptr;
    if (option.value) options[option.name] = std::visit([](const auto& value) { return ordered_json(value); }, *option.value);
  }
  return options;
}

ordered_json parameters_of(const Costs& costs) {
  return {{"total", costs.total},
          {"shared", costs.shared},
          {"personal", costs.personal},
          {"held", costs.held},
          {"frozen", costs.frozen},
          {"by_role", costs.by_role},
          {"personal_by_role", costs.personal_by_role}};
}

// Of a run: what its cohorts have to train with, each round anew.
ordered_json training_macs_of(const Federation& federation, const Costs& costs, const std::vector<RoundRecord>& rounds) {
  if (!costs.training_macs) return nullptr;
  double samples = 0;
  for (const auto& round : rounds) {
    for (const auto client : round.cohort) samples += double(federation.split[std::size_t(client)].train.size());
  }
  return samples * double(*costs.training_macs);
}

ordered_json cost_of(const Federation& federation, const Costs& costs, const std::vector<RoundRecord>& rounds) {
  double up = 0, down = 0, turns = 0;
  for (const auto& round : rounds) {
    up += round.upload_bytes;
    down += round.download_bytes;
    turns += double(round.turns);
  }
  const auto bytes = double(costs.scalar_bytes);
  const auto of_a_turn = [&](double sum, std::int64_t planned) -> ordered_json {
    const double mean = turns > 0 ? sum / turns : double(planned) * bytes;
    return mean == std::floor(mean) ? ordered_json(std::int64_t(mean)) : ordered_json(mean);
  };
  return {{"upload_bytes_per_client_round", of_a_turn(up, costs.upload)},
          {"download_bytes_per_client_round", of_a_turn(down, costs.download)},
          {"total_bytes", std::int64_t(up + down)},
          {"stored_bytes_per_client", costs.stored * costs.scalar_bytes},
          {"own_bytes_per_client", costs.own * costs.scalar_bytes},
          {"forward_macs_per_sample", costs.forward_macs},
          {"training_macs_per_sample_round", costs.training_macs ? ordered_json(*costs.training_macs) : ordered_json()},
          {"training_macs", training_macs_of(federation, costs, rounds)}};
}

ordered_json time_of(const std::vector<RoundRecord>& rounds, const Uncounted& uncounted) {
  double train = 0, merge = 0, evaluate = uncounted.evaluate_s, write = uncounted.write_s;
  std::int64_t steps = 0, samples = 0;
  for (const auto& round : rounds) {
    train += round.train_s;
    merge += round.merge_s;
    evaluate += round.evaluate_s;
    write += round.write_s;
    steps += round.steps;
    samples += round.samples;
  }
  return {{"total_s", train + merge + evaluate + write},
          {"train_s", train},
          {"evaluate_s", evaluate},
          {"merge_s", merge},
          {"write_s", write},
          {"client_steps", steps},
          {"samples", samples}};
}

std::int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t(usage.ru_maxrss) * 1024;
}

ordered_json accuracy_of(const Spread& spread) {
  return {{"mean", spread.mean},         {"std", spread.std},  {"weighted_mean", spread.weighted_mean},
          {"min", spread.min},           {"p10", spread.p10},  {"median", spread.median},
          {"p90", spread.p90},           {"max", spread.max},  {"worst_10", spread.worst_10},
          {"worst_25", spread.worst_25}, {"jain", spread.jain}};
}

ordered_json clients_json(const Federation& federation, const std::vector<Score>& scores) {
  const auto domains = client_domains(federation.data, federation.split);
  ordered_json clients = ordered_json::array();
  for (const auto& one : scores) {
    const auto id = static_cast<std::size_t>(one.client);
    ordered_json client = {{"id", one.client},
                           {"train_samples", federation.split[id].train.size()},
                           {"test_samples", one.test_samples},
                           {"accuracy", one.accuracy},
                           {"loss", one.loss}};
    if (one.validation_samples > 0) {
      client["validation"] = {
          {"samples", one.validation_samples}, {"accuracy", one.validation_accuracy}, {"loss", one.validation_loss}};
    }
    if (!domains[id].empty()) client["domain"] = domains[id];
    clients.push_back(std::move(client));
  }
  return clients;
}

// The round that did best on validation samples, and its scores on the test.
ordered_json chosen_json(const Federation& federation, const Scored& scored) {
  const auto spread = spread_of(scored.chosen), validation = validation_spread_of(scored.chosen);
  return {{"round", scored.chosen_round},
          {"validation", {{"mean", validation.mean}, {"loss", validation.loss}}},
          {"accuracy", accuracy_of(spread)},
          {"loss", spread.loss},
          {"clients", clients_json(federation, scored.chosen)}};
}

ordered_json versions_of(const Model& model) {
  ordered_json plugins, sums;
  for (const auto* plugin : plugins_of(model)) {
    plugins[plugin->id] = plugin->version;
    sums[plugin->id] = plugin->sha256;
  }
  return {{"graft", version()}, {"libtorch", TORCH_VERSION}, {"plugins", plugins}, {"plugin_sha256", sums}};
}

// Names of folders need not be UTF-8.
std::string dumped(const ordered_json& json) { return json.dump(2, ' ', false, ordered_json::error_handler_t::replace); }

// What was run, and how its clients did.
ordered_json scored_json(const Federation& federation, const std::vector<Score>& scores) {
  const auto& manifest = federation.manifest;
  const auto spread = spread_of(scores);
  ordered_json modules = ordered_json::array();
  if (federation.model.modules) {
    for (const auto& plugin : federation.model.modules->plugins()) modules.push_back(plugin.id);
  }
  ordered_json json = {{"name", manifest.name},
                       {"strategy", federation.model.strategy.id},
                       {"options", options_of(federation.model.strategy)},
                       {"modules", modules},
                       {"seed", manifest.seed},
                       {"rounds", federation.rounds_done},
                       {"device", manifest.device},
                       {"precision", manifest.precision},
                       {"lanes", federation.lanes},
                       {"threads", at::get_num_threads()},
                       {"accuracy", accuracy_of(spread)},
                       {"loss", spread.loss},
                       {"clients", clients_json(federation, scores)}};
  if (!federation.data.class_names.empty()) json["classes"] = federation.data.class_names;
  return json;
}

}  // namespace

std::string summary_json(const Federation& federation, const Costs& costs, const std::vector<RoundRecord>& rounds,
                         const Scored& scored, const Uncounted& uncounted) {
  auto summary = scored_json(federation, scored.newest);
  if (!scored.chosen.empty()) summary["chosen"] = chosen_json(federation, scored);
  summary["parameters"] = parameters_of(costs);
  summary["cost"] = cost_of(federation, costs, rounds);
  summary["time"] = time_of(rounds, uncounted);
  summary["peak_memory_bytes"] = peak_memory_bytes();
  summary["versions"] = versions_of(federation.model);
  return dumped(summary);
}

std::string evaluation_json(const Federation& federation, const std::vector<Score>& scores) {
  return dumped(scored_json(federation, scores));
}

}  // namespace graft::core
