// The merge: a weighted mean, streamed client by client, and the server's step from it.
#pragma once
#include <vector>

#include "core/rounds/federation.hpp"

namespace graft::core {

// The mean of uploads, summed in the order in which they come, in double: nobody ever holds all of them.
class StreamedMean {
 public:
  void add(const at::Tensor& uploads, const std::vector<double>& weights);  // [K, U]; the weights of a mean sum to 1; 0 is left out
  std::int64_t count() const { return count_; }                             // uploads in it
  at::Tensor value(at::ScalarType dtype) const { return sum_.to(dtype); }   // [U]

 private:
  at::Tensor sum_;
  std::int64_t count_ = 0;
};

// Each client's weight in the mean of this cohort, by id: its training samples, or equal; 0 for one that makes no step. Sums to 1.
std::vector<double> mean_weights(const Federation& federation, const std::vector<std::int64_t>& cohort);

// The server's state after a round: `next` of the mean, then the server's optimizer. Nothing where nobody made a step.
void merge(Federation& federation, const StreamedMean& mean);

}  // namespace graft::core
