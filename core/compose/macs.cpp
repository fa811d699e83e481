// Multiply-accumulates of a forward pass, counted from the operators that it runs.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "core/base/macs.hpp"
#include "core/compose/costs.hpp"

namespace graft::core {

namespace {

// Every token through every block, as papers count it: the engine leaves out what nobody reads behind the last attention.
class FullPass : public Around {
 public:
  using Around::Around;
  bool behind_attention() const override { return true; }
};

}  // namespace

std::int64_t forward_macs(const Model& model) {
  const at::NoGradGuard no_grad;
  const auto& shape = model.vit.shape();
  Bound bound;
  for (const auto& entry : model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), 1);
    bound.push_back(at::zeros(sizes));
  }
  const auto image = at::zeros({1, 1, shape.channels, shape.image, shape.image});
  const FullPass every_token(model.injections());
  const CountedMacs macs;
  model.vit.forward(bound, image, &every_token);
  return macs.count();
}

}  // namespace graft::core
