// Operators and free functions of graft::Tensor through the host's table, as ATen has them.
#pragma once
#include <graft/table_tensor.hpp>

namespace graft {

inline Tensor operator+(const Tensor& a, const Tensor& b) { return a.add(b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return a.sub(b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return a.mul(b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return a.div(b); }
inline Tensor operator+(const Tensor& a, Scalar s) { return a.add(s); }
inline Tensor operator-(const Tensor& a, Scalar s) { return a.sub(s); }
inline Tensor operator*(const Tensor& a, Scalar s) { return a.mul(s); }
inline Tensor operator/(const Tensor& a, Scalar s) { return a.div(s); }
inline Tensor operator+(Scalar s, const Tensor& a) { return a.add(s); }
inline Tensor operator*(Scalar s, const Tensor& a) { return a.mul(s); }
inline Tensor operator-(Scalar s, const Tensor& a) { return Tensor(table().full_like(a.get(), s)).sub_(a); }
inline Tensor operator/(Scalar s, const Tensor& a) { return Tensor(table().full_like(a.get(), s)).div_(a); }
inline Tensor operator-(const Tensor& a) { return a.neg(); }
inline Tensor operator>(const Tensor& a, const Tensor& b) { return a.gt(b); }
inline Tensor operator>=(const Tensor& a, const Tensor& b) { return a.ge(b); }
inline Tensor operator<(const Tensor& a, const Tensor& b) { return a.lt(b); }
inline Tensor operator<=(const Tensor& a, const Tensor& b) { return a.le(b); }
inline Tensor operator==(const Tensor& a, const Tensor& b) { return a.eq(b); }
inline Tensor operator!=(const Tensor& a, const Tensor& b) { return a.ne(b); }
inline Tensor operator>(const Tensor& a, Scalar s) { return a.gt(s); }
inline Tensor operator>=(const Tensor& a, Scalar s) { return a.ge(s); }
inline Tensor operator<(const Tensor& a, Scalar s) { return a.lt(s); }
inline Tensor operator<=(const Tensor& a, Scalar s) { return a.le(s); }
inline Tensor operator==(const Tensor& a, Scalar s) { return a.eq(s); }
inline Tensor operator!=(const Tensor& a, Scalar s) { return a.ne(s); }

inline Tensor full_like(const Tensor& a, Scalar s) { return Tensor(table().full_like(a.get(), s)); }
inline Tensor zeros_like(const Tensor& a) { return Tensor(table().zeros_like(a.get())); }
inline Tensor ones_like(const Tensor& a) { return Tensor(table().ones_like(a.get())); }
inline Tensor tanh(const Tensor& a) { return a.tanh(); }
inline Tensor gelu(const Tensor& a) { return Tensor(table().gelu(a.get())); }  // exact
inline Tensor silu(const Tensor& a) { return Tensor(table().silu(a.get())); }
inline Tensor where(const Tensor& condition, const Tensor& then, const Tensor& otherwise) {
  return Tensor(table().where(condition.get(), then.get(), otherwise.get()));
}
inline Tensor joined(graft_join join, const std::vector<Tensor>& parts, int64_t dim) {
  std::vector<graft_tensor> handles;
  for (const auto& part : parts) handles.push_back(part.get());
  return Tensor(join(handles.data(), handles.size(), dim));
}
inline Tensor cat(const std::vector<Tensor>& parts, int64_t dim = 0) { return joined(table().cat, parts, dim); }
inline Tensor stack(const std::vector<Tensor>& parts, int64_t dim = 0) { return joined(table().stack, parts, dim); }

}  // namespace graft
