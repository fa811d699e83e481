// A turn: K clients side by side while they train, from what they received and own to what they send and keep.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "core/rounds/batch.hpp"
#include "core/rounds/columns.hpp"
#include "core/rounds/federation.hpp"
#include "core/rounds/optimizer.hpp"

namespace graft::core {

// How rows behave (design.md, section 4): while a phase runs, rows have its columns; at rest all P; for the upload the shared ones.
// A tensor is held once for all lanes, [1, …], where it is frozen or held, or shared and not yet trained in this turn.
class Turn {
 public:
  enum class Mode { rest, phase, upload };

  // rows [K, P], and kept rows by name; in a tuning turn [K, P + H] and none. `own_shared`: the shared columns of `rows` are
  // already each lane's own, not what the server sent.
  Turn(const Federation& federation, std::vector<std::int64_t> clients, at::Tensor rows, NamedRows kept, bool own_shared = false);

  const Federation& federation() const { return federation_; }
  const std::vector<std::int64_t>& clients() const { return clients_; }
  std::int64_t active() const { return active_; }  // k: lanes still at work
  Mode mode() const { return mode_; }
  void set_mode(Mode mode) {
    mode_ = mode;
    stored_.clear();
  }

  void receive(const at::Tensor& mixed);  // [K, S], in place of the shared columns: what each lane mixed for itself
  void set_lr(double lr) { lr_ = lr; }    // outside of phases: what hooks at rest are told
  void begin_phase(const Phase& phase, const std::vector<bool>& trained, double lr);
  void set_features(Features features) { features_ = std::move(features); }
  const Features& features() const { return features_; }
  void leave(std::int64_t active);  // lanes from `active` on have no steps left
  void end_phase();
  void count_step();

  // What hooks see. A wrong name or shape is a Misuse. Names: "" the model, else a kept row.
  at::Tensor rows(const std::string& name) const;
  at::Tensor received(const std::string& name) const;
  at::Tensor stored(const std::string& name);
  at::Tensor shared(const at::Tensor& rows) const;
  at::Tensor personal(const at::Tensor& rows) const;
  at::Tensor gradient(const at::Tensor& rows, const LaneBatch& batch);
  at::Tensor loss(const at::Tensor& rows, const LaneBatch& batch) const;
  at::Tensor logits(const at::Tensor& rows, const LaneBatch& batch) const;
  at::Tensor slope(const at::Tensor& logits, const LaneBatch& batch);
  at::Tensor pullback(const at::Tensor& rows, const LaneBatch& batch, const at::Tensor& direction);
  std::int64_t step_in_phase() const { return phase_steps_; }
  void descend(const std::string& name, const at::Tensor& direction);
  double lr() const { return lr_; }
  at::Tensor steps() const { return steps_.narrow(0, 0, active_); }

  void step(const LaneBatch& batch);  // the host's own: descend along the gradient; plain SGD needs no flat gradient
  at::Tensor logits(const at::Tensor& images) const;  // at rest: [k, B, C, H, W] to [k, B, classes]
  // What stands before the first stage that a phase trains, and whether a module drops anything out of it.
  at::Tensor trunk(const at::Tensor& images, std::int64_t stage) const;
  bool trunk_drops_out(std::int64_t stage) const;

  const at::Tensor& full_rows() const { return full_; }
  at::Tensor finite() const;  // [K]: whether all of a client's numbers are, kept rows too
  const NamedRows& full_kept() const { return kept_; }
  const at::Tensor& all_steps() const { return steps_; }      // [K, 1]
  const at::Tensor& loss_sums() const { return loss_sums_; }  // [K]: training losses, one a step, summed

 private:
  struct Rates {
    OptimizerSpec optimizer;
    double clip_norm = 0;
  };
  const Kept& declared(const std::string& name) const;
  Columns columns_like(Like like) const;
  at::Tensor shaped(std::size_t entry, const at::Tensor& columns) const;
  Bound bound(const std::vector<at::Tensor>& trained) const;
  std::vector<at::Tensor> parts_of(const at::Tensor& rows) const;
  at::Tensor logits_at(const Bound& bound, const LaneBatch& batch) const;
  at::Tensor losses(const at::Tensor& logits, const LaneBatch& batch) const;
  void count_loss(const at::Tensor& loss);
  std::vector<at::Tensor> gradients(const std::vector<at::Tensor>& parts, const LaneBatch& batch);
  at::Tensor flat(const std::vector<at::Tensor>& parts);
  Bound bound_at_rest(const at::Tensor& rows) const;
  at::Tensor pooled();
  void check_rows(const at::Tensor& rows, const char* function) const;
  void check_type(const at::Tensor& rows, const char* function) const;

  const Federation& federation_;
  std::vector<std::int64_t> clients_;
  std::int64_t active_;
  Mode mode_ = Mode::rest;
  at::Tensor full_;                // [K, P]
  NamedRows kept_;                 // [K, n] each
  at::Tensor received_;            // [K, S], or undefined: the server's
  std::vector<bool> own_;          // by entry: the rows hold each lane's own values
  Columns columns_;                // of the phase
  NamedRows slab_;                 // the phase's rows by name, [K, columns]
  NamedRows stored_;               // the same as the turn began, of those that were asked for
  std::vector<at::Tensor> fixed_;  // by entry, [1|k, …]; undefined for what the phase trains
  std::map<std::string, OptimizerState> states_;
  Rates rates_;
  double lr_ = 0;
  bool counted_loss_ = false;  // of this step
  std::int64_t phase_steps_ = 0;
  Features features_;
  at::Tensor steps_, loss_sums_;
  std::vector<at::Tensor> pool_;  // flat gradients [k, columns], reused when nobody else holds them
};

}  // namespace graft::core
