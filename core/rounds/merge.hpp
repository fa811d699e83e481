// The merge: a weighted mean, streamed client by client, or what a strategy makes of all uploads, and the server's step from it.
#pragma once
#include <vector>

#include "core/rounds/federation.hpp"

namespace graft::core {

// The uploads of a round, in the order in which they come. Their mean is summed in double, and nobody ever holds all of them, but
// where the strategy merges them itself.
class Uploads {
 public:
  explicit Uploads(bool gathered = false) : gathered_(gathered) {}
  void add(const at::Tensor& uploads, const std::vector<double>& weights);  // [K, U]; the weights of a mean sum to 1; 0 is left out
  std::int64_t count() const { return count_; }
  at::Tensor mean(at::ScalarType dtype) const { return sum_.to(dtype); }  // [U]; of uploads that were not gathered
  at::Tensor all() const;                                                 // [C, U], gathered
  at::Tensor weights() const;                                             // [C, 1]

 private:
  bool gathered_;
  at::Tensor sum_;
  std::int64_t count_ = 0;
  std::vector<at::Tensor> all_;
  std::vector<double> weights_;
};

// Each client's weight in the mean of this cohort, by id: its training samples, its batches, or equal; 0 for one that makes no
// step. Sums to 1.
std::vector<double> mean_weights(const Federation& federation, const std::vector<std::int64_t>& cohort);

// The server's state after a round: `merge`, then `next`, then the server's optimizer. Nothing where nobody made a step, or where
// there is no server.
void merge(Federation& federation, const Uploads& uploads);

}  // namespace graft::core
