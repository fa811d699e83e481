// graft::Tensor through the host's table, spelled like at::Tensor: the same names, arguments and results.
#pragma once
#include <graft/unary.hpp>

#include <algorithm>
#include <vector>

namespace graft {

class Tensor : public Unary<Tensor> {
 public:
  using Unary::Unary;

  Tensor add(const Tensor& other, Scalar alpha = 1) const { return Tensor(table().add(handle_, other.handle_, alpha)); }
  Tensor sub(const Tensor& other, Scalar alpha = 1) const { return Tensor(table().sub(handle_, other.handle_, alpha)); }
  Tensor matmul(const Tensor& other) const { return Tensor(table().matmul(handle_, other.handle_)); }
  Tensor bmm(const Tensor& other) const { return Tensor(table().bmm(handle_, other.handle_)); }
  Tensor minimum(const Tensor& other) const { return Tensor(table().minimum(handle_, other.handle_)); }
  Tensor maximum(const Tensor& other) const { return Tensor(table().maximum(handle_, other.handle_)); }
  Tensor logical_and(const Tensor& other) const { return Tensor(table().logical_and(handle_, other.handle_)); }
  Tensor logical_or(const Tensor& other) const { return Tensor(table().logical_or(handle_, other.handle_)); }
  Tensor mul(const Tensor& other) const { return Tensor(table().mul(handle_, other.handle_)); }
  Tensor div(const Tensor& other) const { return Tensor(table().div(handle_, other.handle_)); }
  Tensor gt(const Tensor& other) const { return Tensor(table().gt(handle_, other.handle_)); }
  Tensor ge(const Tensor& other) const { return Tensor(table().ge(handle_, other.handle_)); }
  Tensor lt(const Tensor& other) const { return Tensor(table().lt(handle_, other.handle_)); }
  Tensor le(const Tensor& other) const { return Tensor(table().le(handle_, other.handle_)); }
  Tensor eq(const Tensor& other) const { return Tensor(table().eq(handle_, other.handle_)); }
  Tensor ne(const Tensor& other) const { return Tensor(table().ne(handle_, other.handle_)); }
  Tensor add(Scalar s) const { return Tensor(table().add_scalar(handle_, s)); }
  Tensor sub(Scalar s) const { return add(-s); }
  Tensor pow(Scalar s) const { return Tensor(table().pow_scalar(handle_, s)); }
  Tensor mul(Scalar s) const { return Tensor(table().mul_scalar(handle_, s)); }
  Tensor div(Scalar s) const { return Tensor(table().div_scalar(handle_, s)); }
  Tensor gt(Scalar s) const { return Tensor(table().gt_scalar(handle_, s)); }
  Tensor ge(Scalar s) const { return Tensor(table().ge_scalar(handle_, s)); }
  Tensor lt(Scalar s) const { return Tensor(table().lt_scalar(handle_, s)); }
  Tensor le(Scalar s) const { return Tensor(table().le_scalar(handle_, s)); }
  Tensor eq(Scalar s) const { return Tensor(table().eq_scalar(handle_, s)); }
  Tensor ne(Scalar s) const { return Tensor(table().ne_scalar(handle_, s)); }
  Tensor lerp(const Tensor& end, const Tensor& weight) const { return Tensor(table().lerp(handle_, end.handle_, weight.handle_)); }
  Tensor clamp(Scalar low, Scalar high) const { return Tensor(table().clamp(handle_, low, high)); }

  Tensor sum(int64_t d, bool keepdim = false) const { return Tensor(table().sum(handle_, d, keepdim)); }
  Tensor mean(int64_t d, bool keepdim = false) const { return Tensor(table().mean(handle_, d, keepdim)); }
  Tensor amax(int64_t d, bool keepdim = false) const { return Tensor(table().amax(handle_, d, keepdim)); }
  Tensor amin(int64_t d, bool keepdim = false) const { return Tensor(table().amin(handle_, d, keepdim)); }
  Tensor argmax(int64_t d, bool keepdim = false) const { return Tensor(table().argmax(handle_, d, keepdim)); }
  Tensor logsumexp(int64_t d, bool keepdim = false) const { return Tensor(table().logsumexp(handle_, d, keepdim)); }
  Tensor norm(Scalar p, int64_t d, bool keepdim = false) const { return Tensor(table().norm(handle_, p, d, keepdim)); }
  Tensor softmax(int64_t d) const { return Tensor(table().softmax(handle_, d)); }
  Tensor log_softmax(int64_t d) const { return Tensor(table().log_softmax(handle_, d)); }
  Tensor cumsum(int64_t d) const { return Tensor(table().cumsum(handle_, d)); }
  Tensor unsqueeze(int64_t d) const { return Tensor(table().unsqueeze(handle_, d)); }
  Tensor squeeze(int64_t d) const { return Tensor(table().squeeze(handle_, d)); }
  Tensor sum() const { return Tensor(table().sum_all(handle_)); }
  Tensor mean() const { return Tensor(table().mean_all(handle_)); }
  Tensor view(const Sizes& s) const { return Tensor(table().view(handle_, s.data(), s.size())); }
  Tensor reshape(const Sizes& s) const { return Tensor(table().reshape(handle_, s.data(), s.size())); }
  Tensor expand(const Sizes& s) const { return Tensor(table().expand(handle_, s.data(), s.size())); }
  Tensor permute(const Sizes& s) const { return Tensor(table().permute(handle_, s.data(), s.size())); }
  Tensor narrow(int64_t d, int64_t start, int64_t length) const { return Tensor(table().narrow(handle_, d, start, length)); }
  Tensor transpose(int64_t a, int64_t b) const { return Tensor(table().transpose(handle_, a, b)); }
  Tensor select(int64_t d, int64_t index) const { return Tensor(table().select(handle_, d, index)); }
  std::vector<Tensor> chunk(int64_t count, int64_t d = 0) const;  // the last may be smaller

  Tensor& add_(const Tensor& other, Scalar alpha = 1) { return wrote(table().add_(handle_, other.handle_, alpha)); }
  Tensor& sub_(const Tensor& other, Scalar alpha = 1) { return wrote(table().sub_(handle_, other.handle_, alpha)); }
  Tensor& mul_(const Tensor& other) { return wrote(table().mul_(handle_, other.handle_)); }
  Tensor& div_(const Tensor& other) { return wrote(table().div_(handle_, other.handle_)); }
  Tensor& copy_(const Tensor& other) { return wrote(table().copy_(handle_, other.handle_)); }
  Tensor& add_(Scalar s) { return wrote(table().add_scalar_(handle_, s)); }
  Tensor& mul_(Scalar s) { return wrote(table().mul_scalar_(handle_, s)); }
  Tensor& div_(Scalar s) { return wrote(table().div_scalar_(handle_, s)); }
  Tensor& fill_(Scalar s) { return wrote(table().fill_(handle_, s)); }
  Tensor& sub_(Scalar s) { return add_(-s); }
  Tensor& operator+=(const Tensor& other) { return add_(other); }
  Tensor& operator-=(const Tensor& other) { return sub_(other); }
  Tensor& operator*=(const Tensor& other) { return mul_(other); }
  Tensor& operator/=(const Tensor& other) { return div_(other); }
  Tensor& operator+=(Scalar s) { return add_(s); }
  Tensor& operator-=(Scalar s) { return sub_(s); }
  Tensor& operator*=(Scalar s) { return mul_(s); }
  Tensor& operator/=(Scalar s) { return div_(s); }
  Tensor& clamp_(Scalar low, Scalar high) { return wrote(table().clamp_(handle_, low, high)); }

 private:
  Tensor& wrote(graft_tensor same) {
    made(same);
    return *this;
  }
};

inline std::vector<Tensor> Tensor::chunk(int64_t count, int64_t d) const {
  if (count < 1) throw Error("chunk: the count must be at least 1");
  std::vector<Tensor> parts;
  const int64_t all = size(d), length = (all + count - 1) / count;
  for (int64_t start = 0; all > 0 ? start < all : int64_t(parts.size()) < count; start += length) {
    parts.push_back(narrow(d, start, std::min(length, all - start)));
  }
  return parts;
}

// Between tensors and what crosses, as in native_tensor.hpp.
inline Tensor adopt(graft_tensor owned) { return Tensor(owned); }  // throws what the host said where it made nothing
inline Tensor borrow(graft_tensor lent) { return Tensor(table().keep(lent)); }
inline graft_tensor lend(const Tensor& tensor) { return tensor.get(); }  // stays this owner's; null where it is undefined
inline graft_tensor give(Tensor tensor) { return tensor.release(); }     // the receiver's from now on

}  // namespace graft
