// state.json names the server's file and, for every client that took a turn, the round that wrote its file; and all files' sums.
#include "core/rounds/checkpoint.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "core/backbone/safetensors.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/library/sha256.hpp"
#include "core/rounds/identity.hpp"

namespace graft::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kFormat = 6;  // of state.json

std::string numbered(const std::string& kind, std::int64_t number, std::int64_t round) {
  char name[64];
  std::snprintf(name, sizeof name, "%s-%04lld-round-%06lld.safetensors", kind.c_str(), static_cast<long long>(number),
                static_cast<long long>(round));
  return name;
}

std::string file_name(const std::string& row) { return row.empty() ? "personal" : "kept." + row; }
std::string row_name(const std::string& name) { return name == "personal" ? "" : name.substr(5); }

NamedTensors server_tensors(const ServerState& server) {
  NamedTensors tensors = {{"shared", server.shared}};
  for (const auto& [name, row] : server.served) tensors["served." + name] = row;
  if (server.momentum.defined()) tensors["momentum"] = server.momentum;
  if (server.second.defined()) tensors["second"] = server.second;
  return tensors;
}

// The names and shapes of all tensors and whose they are: a checkpoint of another model must not be read as this one's.
std::string fingerprint(const Federation& federation) {
  std::string text = federation.manifest.precision;
  for (const auto& entry : federation.model.catalog.entries) {
    text += '\n' + entry.spec.name + ' ' + std::to_string(int(entry.where)) + ' ' + std::to_string(entry.spec.count());
  }
  for (const auto& kept : federation.model.plan.keeps) text += "\nkept " + kept.name + ' ' + std::to_string(int(kept.like));
  for (const auto& served : federation.model.plan.serves) text += "\nserved " + served.name;
  return std::to_string(hash(text));
}

json to_json(const std::vector<Score>& scores) {
  json all = json::array();
  for (const auto& one : scores) {
    json classes = json::array();
    for (const auto& of : one.classes) classes.push_back({of.label, of.test_samples, of.right});
    all.push_back({one.client, one.test_samples, one.accuracy, one.loss, classes, one.validation_samples, one.validation_accuracy,
                   one.validation_loss});
  }
  return all;
}

std::vector<Score> scores_from(const json& all) {
  std::vector<Score> scores;
  const auto number = [](const json& value) { return value.is_null() ? kNotScored : value.get<double>(); };  // JSON has no NaN
  for (const auto& one : all) {
    std::vector<ClassScore> classes;
    for (const auto& of : one.at(4)) classes.push_back({of.at(0), of.at(1), of.at(2)});
    scores.push_back({one.at(0), one.at(1), number(one.at(2)), number(one.at(3)), std::move(classes), one.at(5), number(one.at(6)),
                      number(one.at(7))});
  }
  return scores;
}

void remove_others(const fs::path& folder, const std::set<std::string>& kept) {
  for (const auto& file : fs::directory_iterator(folder)) {
    const auto name = file.path().filename().string();
    const bool ours = name.rfind("client-", 0) == 0 || name.rfind("server-", 0) == 0;
    if (ours && file.is_regular_file() && !kept.count(name)) fs::remove(file.path());
  }
}

using Sums = std::map<std::string, std::string>;  // by file

void write_summed(const fs::path& folder, const std::string& name, const NamedTensors& tensors, Sums& sums) {
  write_safetensors(folder / name, tensors);
  sums[name] = std::to_string(checksum(tensors));
}

// The tensors of a checkpoint's file, which must be those of `like`, by name and size; some may be left out.
NamedTensors read_like(const fs::path& path, const Sums& sums, const std::map<std::string, std::int64_t>& like,
                       const std::set<std::string>& optional) {
  auto tensors = read_safetensors(path);
  if (sums.at(path.filename().string()) != std::to_string(checksum(tensors))) {
    throw Error(Exit::data, path.string() + ": is not what was written: its bytes have changed since");
  }
  for (const auto& [name, count] : like) {
    const auto found = tensors.find(name);
    if (found == tensors.end() && optional.count(name)) continue;
    if (found == tensors.end() || found->second.numel() != count) {
      throw Error(Exit::data,
                  path.string() + ": '" + name + "' is missing or of another size, expected " + std::to_string(count) + " numbers");
    }
  }
  return tensors;
}

void restore_server(const fs::path& path, const Sums& sums, Federation& federation) {
  auto& server = federation.server;
  const auto shared = server.shared.numel();
  std::map<std::string, std::int64_t> like = {{"shared", shared}, {"momentum", shared}, {"second", shared}};
  for (const auto& [name, row] : server.served) like["served." + name] = row.numel();
  for (auto& [name, tensor] : read_like(path, sums, like, {"momentum", "second"})) {
    const auto row = tensor.to(federation.device);
    if (name == "shared") server.shared = row;
    if (name == "momentum") server.momentum = row;
    if (name == "second") server.second = row;
    if (name.rfind("served.", 0) == 0) server.served[name.substr(7)] = row;
  }
}

void restore_client(const fs::path& path, const Sums& sums, std::int64_t client, Federation& federation) {
  std::map<std::string, std::int64_t> like;
  for (const auto& [name, row] : federation.store.initial()) {
    if (row.numel() > 0) like[file_name(name)] = row.numel();
  }
  NamedRows rows;
  for (auto& [name, row] : read_like(path, sums, like, {})) rows[row_name(name)] = row;
  federation.store.put(client, std::move(rows));
}

// A mended plugin may go on with a run; that its results may not be one plugin's is said.
void warn_of_other_plugins(const json& state, const Model& model) {
  const auto then = state.value("plugins", json::object());
  for (const auto* plugin : plugins_of(model)) {
    if (!then.contains(plugin->id)) continue;
    const auto& one = then.at(plugin->id);
    const auto sum = one.at("sha256").get<std::string>();
    if (sum == plugin->sha256) continue;
    log(Level::warning, "plugin '" + plugin->id + "' is another one than this run's last: " + one.at("version").get<std::string>() +
                            " (SHA-256 " + shortened(sum) + ") then, " + plugin->version + " (" + shortened(plugin->sha256) + ", " +
                            plugin->file.string() + ") now");
  }
}

Error damaged(const fs::path& folder) {
  return {Exit::data, (folder / "state.json").string() + ": is no checkpoint's state, or it is damaged",
          "Start the run anew in another folder (--out)."};
}

json read_state(const fs::path& folder) {
  try {
    auto state = json::parse(read_whole(folder / "state.json", Exit::data));
    if (state.at("format") == kFormat) return state;
    throw Error(Exit::data, folder.string() + ": this checkpoint is of another version of graft",
                "Start the run anew in another folder (--out).");
  } catch (const json::exception&) {
    throw damaged(folder);
  }
}

}  // namespace

void write_checkpoint(const fs::path& folder, const Federation& federation, const std::set<std::int64_t>& changed,
                      const Scored& scored) {
  fs::create_directories(folder);
  const auto round = federation.rounds_done;
  std::map<std::string, std::int64_t> clients;  // by id: the round that wrote its file
  Sums sums;
  if (has_checkpoint(folder)) {
    const auto last = read_state(folder);
    last.at("clients").get_to(clients);
    last.at("sums").get_to(sums);
  }
  for (const auto client : changed) {
    NamedTensors rows;
    for (const auto& [name, row] : federation.store.rows().at(client)) rows[file_name(name)] = row;
    write_summed(folder, numbered("client", client, round), rows, sums);
    clients[std::to_string(client)] = round;
  }
  const auto server = numbered("server", 0, round);
  write_summed(folder, server, server_tensors(federation.server), sums);
  std::set<std::string> kept = {"state.json", server};
  for (const auto& [client, at] : clients) kept.insert(numbered("client", std::stoll(client), at));
  std::erase_if(sums, [&](const auto& sum) { return !kept.count(sum.first); });
  const json state = {{"format", kFormat},
                      {"rounds_done", round},
                      {"model", fingerprint(federation)},
                      {"initial", std::to_string(federation.initial_sum)},
                      {"data", std::to_string(federation.data_sum)},
                      {"classes", federation.data.class_names},
                      {"server", server},
                      {"clients", clients},
                      {"population", federation.clients()},
                      {"threads", at::get_num_threads()},
                      {"plugins", plugins_json(federation.model)},
                      {"sums", sums},
                      {"scores", to_json(scored.newest)},
                      {"chosen", {{"round", scored.chosen_round}, {"scores", to_json(scored.chosen)}}}};
  write_whole(folder / "state.json", state.dump() + "\n");
  remove_others(folder, kept);
}

bool has_checkpoint(const fs::path& folder) { return fs::exists(folder / "state.json"); }

std::optional<CheckpointFacts> checkpoint_facts(const fs::path& folder) {
  if (!has_checkpoint(folder)) return {};
  const auto state = read_state(folder);
  try {
    return CheckpointFacts{state.at("rounds_done"), state.at("population"), state.at("threads"), state.at("data"),
                           state.at("classes")};
  } catch (const json::exception&) {
    throw damaged(folder);
  }
}

Scored read_checkpoint(const fs::path& folder, Federation& federation) {
  const auto state = read_state(folder);
  try {
    if (state.at("model") != fingerprint(federation)) {
      throw Error(Exit::data, folder.string() + ": this checkpoint is of another model than the manifest's");
    }
    if (state.at("initial") != std::to_string(federation.initial_sum)) {
      throw Error(Exit::data, folder.string() + ": this run began with other initial weights than the manifest gives now",
                  "The file that backbone.weights names has changed since, or graft has.");
    }
    warn_of_other_plugins(state, federation.model);
    federation.rounds_done = state.at("rounds_done");
    const auto sums = state.at("sums").get<Sums>();
    restore_server(folder / state.at("server").get<std::string>(), sums, federation);
    for (const auto& [client, round] : state.at("clients").items()) {
      const auto id = std::stoll(client);
      restore_client(folder / numbered("client", id, round.get<std::int64_t>()), sums, id, federation);
    }
    const auto& chosen = state.at("chosen");
    return {scores_from(state.at("scores")), scores_from(chosen.at("scores")), chosen.at("round")};
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    throw damaged(folder);
  }
}

}  // namespace graft::core
