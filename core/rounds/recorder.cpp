// Writes rounds.jsonl, clients.csv, summary.json and checkpoints.
#include "core/rounds/recorder.hpp"

#include <ATen/Parallel.h>

#include <utility>

#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/library/hook.hpp"
#include "core/library/lock.hpp"
#include "core/rounds/clients_csv.hpp"
#include "core/rounds/clock.hpp"
#include "core/rounds/probe.hpp"

namespace graft::core {

namespace {

// The first `count` lines of a file, as it had them when the checkpoint was written.
std::vector<std::string> first_lines(const std::filesystem::path& path, std::int64_t count) {
  std::vector<std::string> lines;
  if (!std::filesystem::exists(path)) return lines;
  std::istringstream text(read_whole(path, Exit::data));
  for (std::string line; std::int64_t(lines.size()) < count && std::getline(text, line);) lines.push_back(line);
  return lines;
}

// A run goes on with the same samples and with as many threads as it began.
void check_origin(const std::filesystem::path& checkpoint, const Federation& federation) {
  const auto facts = checkpoint_facts(checkpoint);
  if (facts->data_sum != std::to_string(federation.data_sum)) {
    throw Error(Exit::data,
                checkpoint.string() + ": this run began with other samples, or other clients for them, than there are now",
                "The files that data.path or data.split.path names have changed since, or graft has.");
  }
  if (facts->threads == at::get_num_threads()) return;
  log(Level::information,
      "this run began with " + many_text(facts->threads, "thread") + ", and goes on with as many, to the same bits");
  at::set_num_threads(facts->threads);
}

}  // namespace

Recorder::Recorder(Federation& federation, const RunOptions& options)
    : options_(options), total_rounds_(federation.manifest.rounds) {
  if (options.resume && has_checkpoint(options.folder / "checkpoint")) restore(federation);
  costs_ = measured_costs(federation);  // with the checkpoint known, which is said where a plugin crashes here
  write_whole(options.folder / "manifest.toml", to_toml(federation.manifest));
  copy_lock(federation.manifest.folder, options.folder);
  if (federation.rounds_done == 0) write_whole(options.folder / "rounds.jsonl", "");
}

void Recorder::restore(Federation& federation) {
  scored_ = read_checkpoint(options_.folder / "checkpoint", federation);
  check_origin(options_.folder / "checkpoint", federation);
  saved_round_ = federation.rounds_done;
  note_checkpoint(saved_round_);
  const auto path = options_.folder / "rounds.jsonl";
  std::string text;
  for (const auto& line : first_lines(path, federation.rounds_done)) {
    try {
      rounds_.push_back(from_json_line(line));
    } catch (const std::exception&) {
      throw Error(Exit::data, path.string() + ":" + std::to_string(rounds_.size() + 1) + ": is no record of a round");
    }
    text += line + "\n";
  }
  if (std::int64_t(rounds_.size()) != federation.rounds_done) {
    throw Error(Exit::data, path.string() + ": has records of " + std::to_string(rounds_.size()) +
                                " rounds, the checkpoint beside it is of " + std::to_string(federation.rounds_done));
  }
  write_whole(path, text);
}

void Recorder::tell(const RoundRecord& record, double done) const {
  if (!options_.tell) return;
  options_.tell({record.round, total_rounds_, done, samples_ + record.samples, train_s_ + record.train_s, nullptr});
}

void Recorder::finish_round(const Federation& federation, RoundRecord record) {
  Clock clock;
  between_rounds_ = true;
  record.write_s = std::exchange(uncounted_.write_s, 0);
  append_line(options_.folder / "rounds.jsonl", to_json_line(record));
  rounds_.push_back(record);
  if (!record.scores.empty()) scored_.take(record.round, record.scores);
  rounds_.back().scores.clear();
  samples_ += record.samples;
  train_s_ += record.train_s;
  const auto every = federation.manifest.checkpoint_every;
  if (record.round == federation.manifest.rounds || (every > 0 && record.round % every == 0)) checkpoint(federation);
  uncounted_.write_s = clock.lap();
  if (options_.tell) options_.tell({record.round, total_rounds_, 1, samples_, train_s_, &record});
}

void Recorder::checkpoint(const Federation& federation) {
  write_checkpoint(options_.folder / "checkpoint", federation, changed_, scored_);
  changed_.clear();
  saved_round_ = federation.rounds_done;
  note_checkpoint(saved_round_);
}

void Recorder::interrupted(Federation& federation) {
  federation.store.discard();
  if (between_rounds_ && !saved(federation)) checkpoint(federation);
}

std::string Recorder::finish_run(const Federation& federation) {
  if (!saved(federation)) checkpoint(federation);
  write_whole(options_.folder / "clients.csv", clients_csv(scored_.newest, federation));
  auto summary = summary_json(federation, costs_, rounds_, scored_, uncounted_);
  write_whole(options_.folder / "summary.json", summary + "\n");
  return summary;
}

}  // namespace graft::core
