// What concerns one tensor alone, its facts and its functions: a part of graft::Tensor.
#pragma once
#include <graft/handle.hpp>
#include <graft/scalar.hpp>

#include <string>
#include <vector>

namespace graft {

using Sizes = std::vector<int64_t>;

template <class Tensor>
class Unary : public Handle {
 public:
  using Handle::Handle;

  int64_t dim() const { return table().dim(handle_); }
  Sizes sizes() const { return Sizes(table().sizes(handle_), table().sizes(handle_) + dim()); }
  int64_t size(int64_t d) const {  // of a dimension; below 0: from the end
    const int64_t at = d < 0 ? d + dim() : d;
    if (at < 0 || at >= dim())
      throw Error("size(" + std::to_string(d) + ") of a tensor of " + std::to_string(dim()) + " dimensions");
    return table().sizes(handle_)[at];
  }
  Dtype scalar_type() const { return Dtype(table().dtype(handle_)); }
  template <class Number>
  Number item() const {  // waits for the device: refused inside a step
    double value = 0;
    if (table().item(handle_, &value)) throw Error(host()->error());
    return Number(value);
  }

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
  Tensor floor() const { return Tensor(table().floor(handle_)); }
  Tensor round() const { return Tensor(table().round(handle_)); }
  Tensor isfinite() const { return Tensor(table().isfinite(handle_)); }
  Tensor logical_not() const { return Tensor(table().logical_not(handle_)); }
  Tensor detach() const { return Tensor(table().detach(handle_)); }
  Tensor clone() const { return Tensor(table().clone(handle_)); }
  Tensor contiguous() const { return Tensor(table().contiguous(handle_)); }
};

}  // namespace graft
