// Counts, client by client; a client's facts are of its training, validation and test samples together.
#include "core/report/data_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/data/domains.hpp"
#include "core/data/labels.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

ordered_json image_json(const Manifest& manifest, const Dataset& data) {
  const auto size = manifest.backbone.image_size;
  if (manifest.data.source == "shapes") return {{"channels", 3}, {"height", size}, {"width", size}};
  if (!data.images.defined()) return nullptr;
  return {{"channels", data.images.size(1)}, {"height", data.images.size(2)}, {"width", data.images.size(3)}};
}

ordered_json paths_json(const DataSpec& spec) {
  ordered_json paths = ordered_json::array();
  for (const auto& file : spec.files) paths.push_back(file.string());
  if (paths.empty() && !spec.path.empty() && spec.source != "shapes") paths.push_back(spec.path.string());
  return paths;
}

ordered_json source_json(const Manifest& manifest, const Dataset& data) {
  ordered_json classes = ordered_json::array(), domains = ordered_json::array();
  std::vector<std::int64_t> samples(static_cast<std::size_t>(data.classes));
  for (const auto label : labels_of(data)) ++samples[std::size_t(label)];
  for (std::size_t label = 0; label < samples.size(); ++label) {
    ordered_json one{{"label", label}, {"samples", samples[label]}};
    if (label < data.class_names.size()) one["name"] = data.class_names[label];
    classes.push_back(std::move(one));
  }
  for (std::size_t domain = 0; domain < data.domain_names.size(); ++domain) {
    const auto count = std::count(data.domains.begin(), data.domains.end(), std::int64_t(domain));
    domains.push_back({{"name", data.domain_names[domain]}, {"samples", count}});
  }
  return {{"name", manifest.data.source}, {"paths", paths_json(manifest.data)},
          {"samples", data.samples()},    {"image", image_json(manifest, data)},
          {"classes", classes},           {"domains", domains}};
}

ordered_json client_json(std::size_t id, const std::string& domain, const ClientSamples& client, const Dataset& data,
                         const std::vector<std::int64_t>& labels) {
  auto all = client.train;
  for (const auto* part : {&client.validation, &client.test}) all.insert(all.end(), part->begin(), part->end());
  const auto counts = label_counts(labels, all, data.classes);
  const auto present = std::count_if(counts.begin(), counts.end(), [](auto count) { return count > 0; });
  return {{"id", id},
          {"domain", domain},
          {"train_samples", client.train.size()},
          {"validation_samples", client.validation.size()},
          {"test_samples", client.test.size()},
          {"classes", present},
          {"label_entropy", all.empty() ? ordered_json() : ordered_json(label_entropy(counts))},
          {"counts", counts}};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Means are over the clients that have samples.
void add_summary(ordered_json& split) {
  std::vector<double> sizes;
  double entropy = 0, classes = 0, filled = 0;
  for (const auto& client : split.at("clients")) {
    sizes.push_back(client.at("train_samples").get<double>() + client.at("validation_samples").get<double>() +
                    client.at("test_samples").get<double>());
    if (sizes.back() == 0) continue;
    ++filled;
    entropy += client.at("label_entropy").get<double>();
    classes += client.at("classes").get<double>();
  }
  if (sizes.empty()) sizes.push_back(0);
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  split["size"] = {{"min", *least}, {"median", median(sizes)}, {"max", *most}};
  split["mean_label_entropy"] = filled > 0 ? entropy / filled : 0;
  split["mean_classes"] = filled > 0 ? classes / filled : 0;
}

ordered_json split_json(const Manifest& manifest, const Dataset& data, const Split& split) {
  const auto& spec = manifest.data.split;
  ordered_json json{{"by", spec.by}};
  if (spec.by == "dirichlet" || spec.by == "domain") json["alpha"] = spec.alpha;
  if (spec.by == "shards") json["classes_per_client"] = spec.classes_per_client;
  if (spec.by == "file") json["path"] = spec.path.string();
  json["seed"] = manifest.seed;
  const auto domains = client_domains(data, split);
  const auto labels = labels_of(data);
  auto& clients = json["clients"] = ordered_json::array();
  for (std::size_t id = 0; id < split.size(); ++id) clients.push_back(client_json(id, domains[id], split[id], data, labels));
  add_summary(json);
  return json;
}

}  // namespace

std::string data_json(const Manifest& manifest, const Dataset& data, const Split& split) {
  const ordered_json json{{"source", source_json(manifest, data)}, {"split", split_json(manifest, data, split)}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);  // folders may have any bytes for a name
}

}  // namespace graft::core
