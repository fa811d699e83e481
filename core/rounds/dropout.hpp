// Dropout of modules' tokens while clients train. The masks are drawn here, on the host: each a pure function of its lane's step.
#pragma once
#include "core/backbone/vit.hpp"
#include "core/rounds/batch.hpp"

namespace graft::core {

// A model's injections on one batch: each element of a module's tokens is zero with the module's probability p, rounded to 2^-16,
// else multiplied by 1 / (1 - p), apart for every sample. A batch's masks are always the same: a strategy that asks twice in a step
// for a loss or a gradient of one batch differentiates one function. The parts of a batch have masks of their own.
class Dropout : public Around {
 public:
  Dropout(const Injections* inner, const LaneBatch& batch) : Around(inner), batch_(batch) {}
  std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const override;

 private:
  const LaneBatch& batch_;
};

}  // namespace graft::core
