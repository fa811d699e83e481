// The functions of one tensor alone: a part of graft::Tensor.
#pragma once
#include <graft/handle.hpp>

namespace graft {

template <class Tensor>
class Unary : public Handle {
 public:
  using Handle::Handle;
  Tensor abs() const { return Tensor(table().abs(handle_)); }
  Tensor neg() const { return Tensor(table().neg(handle_)); }
  Tensor sign() const { return Tensor(table().sign(handle_)); }
  Tensor exp() const { return Tensor(table().exp(handle_)); }
  Tensor log() const { return Tensor(table().log(handle_)); }
  Tensor log1p() const { return Tensor(table().log1p(handle_)); }
  Tensor expm1() const { return Tensor(table().expm1(handle_)); }
  Tensor sqrt() const { return Tensor(table().sqrt(handle_)); }
  Tensor rsqrt() const { return Tensor(table().rsqrt(handle_)); }
  Tensor reciprocal() const { return Tensor(table().reciprocal(handle_)); }
  Tensor square() const { return Tensor(table().square(handle_)); }
  Tensor sin() const { return Tensor(table().sin(handle_)); }
  Tensor cos() const { return Tensor(table().cos(handle_)); }
  Tensor tanh() const { return Tensor(table().tanh(handle_)); }
  Tensor sigmoid() const { return Tensor(table().sigmoid(handle_)); }
  Tensor relu() const { return Tensor(table().relu(handle_)); }
  Tensor gelu() const { return Tensor(table().gelu(handle_)); }
  Tensor silu() const { return Tensor(table().silu(handle_)); }
  Tensor floor() const { return Tensor(table().floor(handle_)); }
  Tensor round() const { return Tensor(table().round(handle_)); }
  Tensor isfinite() const { return Tensor(table().isfinite(handle_)); }
  Tensor logical_not() const { return Tensor(table().logical_not(handle_)); }
  Tensor detach() const { return Tensor(table().detach(handle_)); }
  Tensor clone() const { return Tensor(table().clone(handle_)); }
  Tensor contiguous() const { return Tensor(table().contiguous(handle_)); }
};

}  // namespace graft
