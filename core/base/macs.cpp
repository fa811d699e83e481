// An attention kernel is counted by the products that it is made of.
#include "core/base/macs.hpp"

#include <ATen/ATen.h>

#include <string>
#include <vector>

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

// q k', and whatever else is as large: weights times v; behind it q k' anew, and one each for v, the weights, q and k.
std::int64_t attention_of(const std::vector<std::int64_t>& q, const std::vector<std::int64_t>& k, std::int64_t products) {
  return products * product_of(q, {k[2]});  // [B, heads, T, d]
}

std::unique_ptr<at::ObserverContext> seen(const at::RecordFunction& call) {
  const std::string name = call.name();
  const auto inputs = call.inputs();
  if ((name == "aten::mm" || name == "aten::bmm") && inputs.size() >= 2) {
    macs_seen += product_of(sizes_of(inputs[0]), sizes_of(inputs[1]));
  } else if ((name == "aten::addmm" || name == "aten::baddbmm") && inputs.size() >= 3) {
    macs_seen += product_of(sizes_of(inputs[1]), sizes_of(inputs[2]));
  } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu" && inputs.size() >= 3) {
    macs_seen += attention_of(sizes_of(inputs[0]), sizes_of(inputs[1]), 2);
  } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu_backward" && inputs.size() >= 4) {
    macs_seen += attention_of(sizes_of(inputs[1]), sizes_of(inputs[2]), 5);
  }
  return nullptr;
}

}  // namespace

CountedMacs::CountedMacs() {
  macs_seen = 0;
  handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(&seen).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

CountedMacs::~CountedMacs() { at::removeCallback(handle_); }

std::int64_t CountedMacs::count() const { return macs_seen; }

}  // namespace graft::core
