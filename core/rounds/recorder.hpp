// The recorder: what a run leaves on the disk while it goes on, and what it tells meanwhile.
#pragma once
#include <set>

#include "core/compose/costs.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/rounds.hpp"
#include "core/rounds/summary.hpp"

namespace graft::core {

class Recorder {
 public:
  // Writes manifest.toml, and beside it the plugins.lock that binds it; restores the federation from the folder's checkpoint where
  // the options say so.
  Recorder(Federation& federation, const RunOptions& options);

  void tell(const RoundRecord& record, double done) const;
  void changed(const std::vector<std::int64_t>& clients) { changed_.insert(clients.begin(), clients.end()); }
  bool saved(const Federation& federation) const { return saved_round_ == federation.rounds_done; }
  void state_moves() { between_rounds_ = false; }  // from here to finish_round the federation is in no state to be saved
  void finish_round(const Federation& federation, RoundRecord record);
  // Ended by the user: saves the last whole round, where it is not on the disk and nothing has moved since.
  void interrupted(Federation& federation);
  std::string finish_run(const Federation& federation);

  bool scored() const { return !scored_.newest.empty(); }
  void set_scores(std::vector<Score> scores, double evaluate_s) {
    scored_.take(total_rounds_, std::move(scores));
    uncounted_.evaluate_s = evaluate_s;
  }

 private:
  void checkpoint(const Federation& federation);
  void restore(Federation& federation);

  const RunOptions& options_;
  std::int64_t total_rounds_;
  Costs costs_;
  std::vector<RoundRecord> rounds_;  // of the whole run, without scores
  Scored scored_;
  std::set<std::int64_t> changed_;  // since the last checkpoint
  bool between_rounds_ = true;
  std::int64_t saved_round_ = -1;
  std::int64_t samples_ = 0;  // of this run of the program
  double train_s_ = 0;
  Uncounted uncounted_;
};

}  // namespace graft::core
