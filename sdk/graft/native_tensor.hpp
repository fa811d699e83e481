// graft::Tensor where a plugin is built NATIVE, on LibTorch itself: at::Tensor, with all that ATen and autograd have. A handle is
// then an at::Tensor on the heap, which is why such a plugin fits one version of LibTorch exactly.
#pragma once
#ifndef NDEBUG
#error "build with -DNDEBUG, as LibTorch is: some of its classes have another layout where assertions are on"
#endif
#include <ATen/ATen.h>
#include <graft/host.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace graft {

using at::Scalar;
using at::Tensor;
using Sizes = std::vector<int64_t>;

using at::cat;
using at::full_like;
using at::gelu;
using at::ones_like;
using at::silu;
using at::stack;
using at::tanh;
using at::where;
using at::zeros_like;

using Dtype = at::ScalarType;
using at::kBFloat16, at::kBool, at::kByte, at::kDouble, at::kFloat, at::kHalf, at::kInt, at::kLong;

inline graft_number number_of(const Scalar& s) {
  graft_number number{};
  number.tag = s.isBoolean() ? GRAFT_BOOLEAN : s.isIntegral(false) ? GRAFT_INT : GRAFT_FLOAT;
  if (number.tag == GRAFT_FLOAT) number.as.d = s.toDouble();
  if (number.tag != GRAFT_FLOAT) number.as.i = s.toLong();
  return number;
}
inline int64_t number_of(Dtype dtype) {
  switch (dtype) {
    case kFloat: return GRAFT_FLOAT32;
    case kDouble: return GRAFT_FLOAT64;
    case kBFloat16: return GRAFT_BFLOAT16;
    case kHalf: return GRAFT_FLOAT16;
    case kLong: return GRAFT_INT64;
    case kInt: return GRAFT_INT32;
    case kByte: return GRAFT_UINT8;
    case kBool: return GRAFT_BOOL;
    default: throw Error("this type of numbers has no number of Graft's");
  }
}

// Between tensors and what crosses.
inline Tensor adopt(graft_tensor owned) {  // throws what the host said where it made nothing
  const std::unique_ptr<Tensor> owner(reinterpret_cast<Tensor*>(made(owned)));
  return std::move(*owner);
}
inline Tensor borrow(graft_tensor lent) { return *reinterpret_cast<const Tensor*>(lent); }
inline graft_tensor lend(const Tensor& tensor) {  // stays this owner's; null where it is undefined
  return tensor.defined() ? reinterpret_cast<graft_tensor>(const_cast<Tensor*>(&tensor)) : nullptr;
}
inline graft_tensor give(Tensor tensor) {  // the receiver's from now on
  return tensor.defined() ? reinterpret_cast<graft_tensor>(new Tensor(std::move(tensor))) : nullptr;
}

}  // namespace graft
