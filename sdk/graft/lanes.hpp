// What a strategy's hooks work on: Lanes, K clients during their turn, and Server, between two rounds.
#pragma once
#include <graft/ops.hpp>

#include <map>
#include <string>

namespace graft {

// A batch for each lane. Drawn in parts (Phase::parts), its parts are batches themselves.
class Batch {
 public:
  Batch(const graft_lanes* face, graft_batch batch) : face_(face), batch_(batch) {}
  Batch part(int64_t index) const;
  graft_batch get() const { return batch_; }

 private:
  const graft_lanes* face_;
  graft_batch batch_;
};

// K rows of n numbers. Assigning writes the rows; each Rows has optimizer state of its own.
class Rows : public Tensor {
 public:
  Rows(graft_tensor rows, std::string name) : Tensor(adopt(rows)), name_(std::move(name)) {}
  Rows(const Rows&) = delete;  // `auto&`, or the compiler says so
  Rows& operator=(const Tensor& values) { return copy_(values), *this; }
  Rows& operator=(const Rows& values) { return copy_(values), *this; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

// While a phase runs, rows have the columns that the phase trains, shared before personal: [K, n]. In `finish` and `predictor`
// they have all P, as in `predict`; in `upload` only the shared ones, and of the kept rows only those declared `sent` can be had.
class Lanes {
 public:
  explicit Lanes(const graft_lanes* face) : face_(face) {}
  Rows& model() { return kept(""); }
  Rows& kept(const std::string& name) {
    auto at = rows_.find(name);
    if (at == rows_.end()) at = rows_.try_emplace(name, face_->rows(face_->self, name.c_str()), name).first;
    return at->second;
  }
  // [1, n] as sent this round: the shared part, or a served row; where clients gossip, [K, n] as each mixed its neighbours'.
  Tensor received(const std::string& name = "") const { return adopt(face_->received(face_->self, name.c_str())); }
  // Those columns of rows, as views.
  Tensor shared(const Tensor& rows) const { return adopt(face_->shared(face_->self, lend(rows))); }
  Tensor personal(const Tensor& rows) const { return adopt(face_->personal(face_->self, lend(rows))); }
  // Of each lane's mean loss over its batch, at any rows of the model's shape: [K, n]; [K, 1].
  Tensor gradient(const Tensor& rows, const Batch& b) const { return adopt(face_->gradient(face_->self, lend(rows), b.get())); }
  Tensor loss(const Tensor& rows, const Batch& b) const { return adopt(face_->loss(face_->self, lend(rows), b.get())); }
  // The phase's optimizer; clips each client's direction where the manifest says so.
  void descend(Rows& rows, const Tensor& direction) {
    if (face_->descend(face_->self, rows.name().c_str(), lend(direction))) throw Error(host()->error());
  }
  double lr() const { return face_->lr(face_->self); }               // of this phase; after the last, the last one's
  Tensor steps() const { return adopt(face_->steps(face_->self)); }  // [K, 1] taken in this turn
#if GRAFT_TARGET >= 101
  // [K, n] as the client's store had them when this turn began: the personal columns, or a kept row.
  Tensor stored(const std::string& name = "") const { return adopt(face_->stored(face_->self, name.c_str())); }
  // Of the model at any rows of its shape, as it trains or scores: [K, B, classes].
  Tensor logits(const Tensor& rows, const Batch& b) const { return adopt(face_->logits(face_->self, lend(rows), b.get())); }
  // Of each lane's mean loss in logits, whatever they were made of: [K, B, classes]. Only in a step, as the labels.
  Tensor slope(const Tensor& logits, const Batch& b) const { return adopt(face_->slope(face_->self, lend(logits), b.get())); }
  // Of the sum of direction * logits(rows) in the rows: [K, n]. gradient(rows, b) is pullback(rows, b, slope(logits(rows, b), b)).
  Tensor pullback(const Tensor& rows, const Batch& b, const Tensor& direction) const {
    return adopt(face_->pullback(face_->self, lend(rows), b.get(), lend(direction)));
  }
  int64_t step() const { return face_->step(face_->self); }  // of this phase, from 0: the same for all lanes at work
#endif

 private:
  const graft_lanes* face_;
  std::map<std::string, Rows> rows_;
};

class Server {
 public:
  explicit Server(const graft_server* face) : face_(face) {}
  Tensor shared() const { return adopt(face_->shared(face_->self)); }  // [S] as sent this round
  Rows& served(const std::string& name) {                              // [S] or [1]
    auto at = rows_.find(name);
    if (at == rows_.end()) at = rows_.try_emplace(name, face_->served(face_->self, name.c_str()), name).first;
    return at->second;
  }
  double participation() const { return face_->participation(face_->self); }  // clients in the mean / clients that ever make a step

 private:
  const graft_server* face_;
  std::map<std::string, Rows> rows_;
};

inline Batch Batch::part(int64_t index) const {
  const graft_batch part = face_->part(face_->self, batch_, index);
  if (!part) throw Error(host()->error());
  return {face_, part};
}

}  // namespace graft
