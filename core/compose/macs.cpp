// Multiply-accumulates, counted from the operators that a forward pass runs: LibTorch reports each of them with its inputs.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>

#include "core/compose/costs.hpp"

namespace graft::core {

namespace {

thread_local std::int64_t macs_seen = 0;  // a callback takes no argument of ours

std::vector<std::int64_t> sizes_of(const c10::IValue& value) {
  return value.isTensor() ? value.toTensor().sizes().vec() : std::vector<std::int64_t>{};
}

std::int64_t product_of(const std::vector<std::int64_t>& left, const std::vector<std::int64_t>& right) {
  std::int64_t macs = right.back();  // [..., n, k] x [..., k, m]: n k times m, times the batch
  for (const auto size : left) macs *= size;
  return macs;
}

std::unique_ptr<at::ObserverContext> seen(const at::RecordFunction& call) {
  const std::string name = call.name();
  const auto inputs = call.inputs();
  if ((name == "aten::mm" || name == "aten::bmm") && inputs.size() >= 2) {
    macs_seen += product_of(sizes_of(inputs[0]), sizes_of(inputs[1]));
  } else if ((name == "aten::addmm" || name == "aten::baddbmm") && inputs.size() >= 3) {
    macs_seen += product_of(sizes_of(inputs[1]), sizes_of(inputs[2]));
  } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu" && inputs.size() >= 3) {
    const auto q = sizes_of(inputs[0]), k = sizes_of(inputs[1]);  // [B, heads, T, d]: q k', then the weights times v
    macs_seen += 2 * product_of(q, {k[2]});
  }
  return nullptr;
}

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
  macs_seen = 0;
  const auto handle =
      at::addThreadLocalCallback(at::RecordFunctionCallback(&seen).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  const FullPass every_token(model.injections());
  model.vit.forward(bound, image, &every_token);
  at::removeCallback(handle);
  return macs_seen;
}

}  // namespace graft::core
