// graft evaluate: scores a run's model on other data, or on clients that it has never seen, which train what is their own first.
#include <unistd.h>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/graft/interrupt.hpp"
#include "apps/graft/own_output.hpp"
#include "apps/graft/progress.hpp"
#include "apps/graft/run_folder.hpp"
#include "apps/graft/terminal.hpp"
#include "apps/graft/verbs.hpp"
#include "apps/graft/waiting.hpp"
#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/library/hook.hpp"
#include "core/report/table.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/clients_csv.hpp"
#include "core/rounds/gossip.hpp"
#include "core/rounds/summary.hpp"
#include "core/rounds/turns.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

struct EvaluateRequest {
  std::string run, csv;
  Arguments overrides;
  bool new_clients = false, json = false;
  std::int64_t turns = 1;
};

bool read_request(const Arguments& arguments, EvaluateRequest& request) {
  CLI::App app(
      "Scores a run's model, on its own data or on other data. With --new-clients the data's clients are ones that the run has "
      "never seen: each begins with the initial values of what is its own, and trains on its own data first, as in a round; "
      "nothing of that is merged.",
      "graft evaluate");
  app.add_option("RUN", request.run, "the run's folder")->required()->type_name("FOLDER");
  add_overrides(app, request.overrides, "changes data.*, seed, training.*, evaluation.batch, device, lanes or plugins.*");
  app.add_flag("--new-clients", request.new_clients, "the clients are not the run's");
  const auto* turns = app.add_option("--turns", request.turns, "how many turns a new client trains first; 0: none (default: 1)")
                          ->type_name("N")
                          ->check([](const std::string& text) {
                            const bool whole =
                                !text.empty() && text.size() < 7 && text.find_first_not_of("0123456789") == std::string::npos;
                            return whole ? "" : "expected a whole number from 0 to 999999, found '" + text + "'";
                          });
  app.add_option("--csv", request.csv, "writes a line a client into this file, as a run's clients.csv")
      ->type_name("FILE")
      ->check(not_empty);
  app.add_flag("--json", request.json, "as one line of JSON");
  app.footer(
      "  graft evaluate runs/quickstart\n"
      "  graft evaluate runs/quickstart --set data.path=other/images\n"
      "  graft evaluate runs/quickstart --set seed=7 --new-clients --turns 2 --csv new.csv\n"
      "  graft evaluate runs/clinics --set data.path=another/clinic --new-clients\n");
  if (!read_arguments(app, arguments)) return false;
  if (turns->count() > 0 && !request.new_clients) {
    throw Error(Exit::usage, "graft evaluate: --turns is for --new-clients: the run's own clients train no further here");
  }
  return true;
}

// A run's model, strategy and options are what they are.
void refuse_other_keys(const Arguments& overrides) {
  for (const auto& one : overrides) {
    const auto key = one.substr(0, one.find('='));
    const auto within = [&key](const char* table) { return key.starts_with(table); };
    if ((within("data.") && key != "data.classes") || within("training.") || within("plugins.") || key == "seed" ||
        key == "evaluation.batch" || key == "device" || key == "lanes") {
      continue;
    }
    throw Error(Exit::usage,
                std::string("--set ").append(one).append(": '").append(key).append("' is the run's own and cannot change here"),
                "data.*, seed, training.*, evaluation.batch, device, lanes and plugins.* can");
  }
}

// The run's manifest with these keys changed. What was resolved for the machine of the run may not fit this one.
core::Manifest manifest_with(const EvaluateRequest& request, const Arguments& overrides) {
  auto manifest = core::read_manifest(run_manifest(request.run), overrides);
  const bool given = std::ranges::any_of(overrides, [](const std::string& one) { return one.starts_with("device="); });
  if (!given && manifest.device != "cpu" && !at::hasCUDA()) manifest.device = "cpu";
  return manifest;
}

Arguments of_the_machine(const Arguments& overrides) {
  Arguments chosen;
  std::ranges::copy_if(overrides, std::back_inserter(chosen), [](const std::string& one) {
    return one.starts_with("device=") || one.starts_with("lanes=") || one.starts_with("plugins.");
  });
  return chosen;
}

ProgressKind progress_kind() { return can_redraw(STDERR_FILENO) ? ProgressKind::bar : ProgressKind::lines; }

std::vector<core::Score> scored(core::Federation& federation, const EvaluateRequest& request, const core::Watch& watch) {
  const at::NoGradGuard no_grad;
  if (request.new_clients) {
    federation.store = core::newcomers(federation);
    core::personalise(federation, request.turns, watch);
  }
  watch.at("scoring", 0, 1);
  return core::score_everyone(federation, federation.rounds_done, watch.stop);
}

std::string how_text(const EvaluateRequest& request, const core::Federation& federation) {
  auto model =
      "the model after round " + std::to_string(federation.rounds_done) + " of " + std::to_string(federation.manifest.rounds);
  if (!request.overrides.empty()) model += ", with " + core::joined(request.overrides);
  if (!request.new_clients) return model + ", with what each client keeps";
  if (!core::has_own(federation)) {
    return model + ", on new clients, which have nothing of their own to train";
  }
  return model + ", on new clients after " + core::many_text(request.turns, "turn") + " of their own training";
}

void check_clients(const EvaluateRequest& request, std::int64_t found, std::int64_t of_run) {
  if (request.new_clients || found == of_run) return;
  throw Error(Exit::usage,
              "the data has " + core::many_text(found, "client") + " here, the run has " + core::count_text(double(of_run)) +
                  ": whose are whose is not known",
              "--new-clients scores them as clients that the run has never seen");
}

// Labels are numbers of the run's classes: by name, where both have names.
void take_classes(core::Dataset& data, const std::vector<std::string>& of_run) {
  if (data.class_names.empty() || of_run.empty()) return;
  std::vector<std::int64_t> labels;
  for (const auto& name : data.class_names) {
    const auto at = std::ranges::find(of_run, name);
    if (at == of_run.end()) {
      throw Error(Exit::data, "the data has a class '" + name + "', which the run has not" + core::did_you_mean(name, of_run),
                  "the run's classes: " + core::joined(of_run));
    }
    labels.push_back(at - of_run.begin());
  }
  data.labels = at::tensor(labels, data.labels.options()).index_select(0, data.labels);
  data.class_names = of_run;
}

// Test samples that the run trained on, where both have the same files.
std::int64_t seen_in_training(const core::Manifest& run, const core::Federation& federation) {
  const auto &then = run.data, &now = federation.manifest.data;
  const bool same = then.source == now.source && then.path == now.path && then.files == now.files && then.source != "shapes";
  if (!same || then.skip_broken || now.skip_broken) return 0;
  const auto samples = core::load_labels(run);
  std::vector<bool> trained(static_cast<std::size_t>(samples.samples()));
  for (const auto& client : core::split_dataset(run, samples)) {
    for (const auto sample : client.train) trained[std::size_t(sample)] = true;
  }
  std::int64_t seen = 0;
  for (const auto& client : federation.split) {
    seen += std::ranges::count_if(client.test, [&](auto sample) { return trained[std::size_t(sample)]; });
  }
  return seen;
}

void warn_of_other_data(const EvaluateRequest& request, const core::Manifest& run, const core::Federation& federation) {
  if (!request.new_clients) {
    core::log(core::Level::warning,
              "the samples, or their clients, are not the run's: client i is scored with what the run's client i keeps");
  }
  const auto &then = run.data, &now = federation.manifest.data;
  if (then.source != "shapes" && (then.path != now.path || then.files != now.files)) {
    core::log(core::Level::information,
              "the files are not the run's: whether it trained on any of these test samples is not known");
  }
  if (const auto seen = seen_in_training(run, federation)) {
    core::log(core::Level::warning,
              core::many_text(seen, "test sample") + " were trained on in the run, by this client or another");
  }
}

// What would only be found out once the scores are there.
void check_csv(const EvaluateRequest& request) {
  if (request.csv.empty()) return;
  const auto file = fs::absolute(request.csv).lexically_normal();
  std::error_code none;
  if (!fs::is_directory(file.parent_path(), none) || fs::is_directory(file, none)) {
    throw Error(Exit::usage, "--csv " + request.csv + ": no file can be written there");
  }
  if (fs::equivalent(file.parent_path(), request.run, none)) {
    throw Error(Exit::usage, "--csv " + request.csv + ": the run's own files stay as they are", "another folder will do");
  }
}

// What was asked for stands beside the scores, so that two evaluations can be told apart.
std::string with_request(const std::string& scores, const EvaluateRequest& request) {
  auto json = nlohmann::ordered_json::parse(scores);
  json["evaluation"] = {{"run", request.run}, {"set", request.overrides}, {"new_clients", request.new_clients}};
  if (request.new_clients) json["evaluation"]["turns"] = request.turns;
  return json.dump();
}

void evaluate(const EvaluateRequest& request) {
  refuse_other_keys(request.overrides);
  run_manifest(request.run);  // a folder that is no run's is said first, then a run without a checkpoint
  const auto facts = run_checkpoint(request.run);
  check_csv(request);
  OwnOutput output(request.json);
  auto manifest = manifest_with(request, request.overrides);
  core::watch_hooks(manifest.hook_limit_s);
  // The model is the run's, its initial values too; only then come the data, drawn with another seed perhaps.
  auto federation = core::found_without_data(manifest_with(request, of_the_machine(request.overrides)));
  for (const auto& line : core::choices_said(federation.manifest, federation.model)) core::log(core::Level::information, line);
  core::read_checkpoint(fs::path(request.run) / "checkpoint", federation);
  const auto run = federation.manifest;
  manifest.device = run.device;
  federation.manifest = core::resolved(manifest, federation.model);
  PreparationDisplay display(progress_kind());
  const core::Watch watch{[&](const auto& what, auto done, auto of) { display.tell(what, done, of); }, &listen_for_interrupts()};
  core::load_data(federation, watch);
  take_classes(federation.data, facts.class_names);
  check_clients(request, federation.clients(), facts.clients);
  if (std::to_string(federation.data_sum) != facts.data_sum) warn_of_other_data(request, run, federation);
  const auto scores = scored(federation, request, watch);
  display.clear();
  const auto csv = core::clients_csv(scores, federation);
  federation.manifest.seed = run.seed;  // the title is the run's
  const auto json = with_request(core::evaluation_json(federation, scores), request);
  output.print(request.json ? json + "\n"
                            : core::scores_table(json, how_text(request, federation),
                                                 {terminal_width(STDOUT_FILENO), can_colour(STDOUT_FILENO)}));
  if (!request.csv.empty()) core::write_whole(request.csv, csv);
}

}  // namespace

int evaluate_verb(const Arguments& arguments) {
  let_threads_sleep();
  EvaluateRequest request;
  if (read_request(arguments, request)) evaluate(request);
  return 0;
}

}  // namespace graft
