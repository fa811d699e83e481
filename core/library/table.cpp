// The host's table of tensor functions: every entry is ATen's function of that name.
#include <ATen/ATen.h>

#include "core/base/ops.hpp"
#include "core/library/entry.hpp"
#include "core/library/hook.hpp"

namespace graft::core {

namespace {

using at::Scalar;
using T = const at::Tensor&;
using N = const Scalar&;

// A fact about a tensor, or 0 where there is none.
template <class Fact>
auto fact(graft_tensor handle, Fact of) noexcept {
  decltype(of(of_handle(handle))) value{};
  try {
    value = of(native(handle));
  } catch (...) {
    keep_failure();
  }
  return value;
}

void set_owners(graft_tensor_table& table) {
  table.keep = makes<"keep">([](T a) { return a; });
  table.drop = [](graft_tensor handle) { take(handle); };
  table.dim = [](graft_tensor handle) { return fact(handle, [](T a) { return a.dim(); }); };
  table.sizes = [](graft_tensor handle) { return fact(handle, [](T a) { return a.sizes().data(); }); };
  table.dtype = [](graft_tensor handle) { return fact(handle, [](T a) { return dtype_number(a.scalar_type()); }); };
  table.item = [](graft_tensor handle, double* value) {
    return done("item", [&] {
      refuse_waiting("item()");
      const at::Tensor& tensor = native(handle);
      if (tensor.numel() != 1) throw Misuse("item() of a tensor of " + std::to_string(tensor.numel()) + " numbers");
      *value = tensor.item().toDouble();
    });
  };
}

void set_unary(graft_tensor_table& table) {
  table.abs = makes<"abs">([](T a) { return a.abs(); });
  table.neg = makes<"neg">([](T a) { return a.neg(); });
  table.sign = makes<"sign">([](T a) { return a.sign(); });
  table.exp = makes<"exp">([](T a) { return a.exp(); });
  table.log = makes<"log">([](T a) { return a.log(); });
  table.log1p = makes<"log1p">([](T a) { return a.log1p(); });
  table.expm1 = makes<"expm1">([](T a) { return a.expm1(); });
  table.sqrt = makes<"sqrt">([](T a) { return a.sqrt(); });
  table.rsqrt = makes<"rsqrt">([](T a) { return a.rsqrt(); });
  table.reciprocal = makes<"reciprocal">([](T a) { return a.reciprocal(); });
  table.square = makes<"square">([](T a) { return a.square(); });
  table.sin = makes<"sin">([](T a) { return a.sin(); });
  table.cos = makes<"cos">([](T a) { return a.cos(); });
  table.tanh = makes<"tanh">([](T a) { return a.tanh(); });
  table.sigmoid = makes<"sigmoid">([](T a) { return a.sigmoid(); });
  table.relu = makes<"relu">([](T a) { return a.relu(); });
  table.gelu = makes<"gelu">([](T a) { return at::gelu(a, "none"); });
  table.silu = makes<"silu">([](T a) { return at::silu(a); });
  table.floor = makes<"floor">([](T a) { return a.floor(); });
  table.round = makes<"round">([](T a) { return a.round(); });
  table.isfinite = makes<"isfinite">([](T a) { return a.isfinite(); });
  table.logical_not = makes<"logical_not">([](T a) { return a.logical_not(); });
  table.detach = makes<"detach">([](T a) { return a.detach(); });
  table.clone = makes<"clone">([](T a) { return a.clone(); });
  table.contiguous = makes<"contiguous">([](T a) { return a.contiguous(); });
  table.zeros_like = makes<"zeros_like">([](T a) { return at::zeros_like(a); });
  table.ones_like = makes<"ones_like">([](T a) { return at::ones_like(a); });
}

void set_of_two(graft_tensor_table& table) {
  table.add = makes<"add">([](T a, T b, N alpha) { return a.add(b, alpha); });
  table.sub = makes<"sub">([](T a, T b, N alpha) { return a.sub(b, alpha); });
  table.add_ = writes<"add_">([](T a, T b, N alpha) { a.add_(b, alpha); });
  table.sub_ = writes<"sub_">([](T a, T b, N alpha) { a.sub_(b, alpha); });
  table.mul = makes<"mul">([](T a, T b) { return a.mul(b); });
  table.div = makes<"div">([](T a, T b) { return a.div(b); });
  table.matmul = makes<"matmul">([](T a, T b) { return a.matmul(b); });
  table.bmm = makes<"bmm">([](T a, T b) { return a.bmm(b); });
  table.minimum = makes<"minimum">([](T a, T b) { return a.minimum(b); });
  table.maximum = makes<"maximum">([](T a, T b) { return a.maximum(b); });
  table.gt = makes<"gt">([](T a, T b) { return a.gt(b); });
  table.ge = makes<"ge">([](T a, T b) { return a.ge(b); });
  table.lt = makes<"lt">([](T a, T b) { return a.lt(b); });
  table.le = makes<"le">([](T a, T b) { return a.le(b); });
  table.eq = makes<"eq">([](T a, T b) { return a.eq(b); });
  table.ne = makes<"ne">([](T a, T b) { return a.ne(b); });
  table.logical_and = makes<"logical_and">([](T a, T b) { return a.logical_and(b); });
  table.logical_or = makes<"logical_or">([](T a, T b) { return a.logical_or(b); });
  table.mul_ = writes<"mul_">([](T a, T b) { a.mul_(b); });
  table.div_ = writes<"div_">([](T a, T b) { a.div_(b); });
  table.copy_ = writes<"copy_">([](T a, T b) {
    if (a.is_cpu() && !b.is_cpu()) refuse_waiting("a copy to the CPU");
    a.copy_(b);
  });
}

void set_with_numbers(graft_tensor_table& table) {
  table.add_scalar = makes<"add">([](T a, N s) { return a.add(s); });
  table.mul_scalar = makes<"mul">([](T a, N s) { return a.mul(s); });
  table.div_scalar = makes<"div">([](T a, N s) { return a.div(s); });
  table.pow_scalar = makes<"pow">([](T a, N s) { return a.pow(s); });
  table.gt_scalar = makes<"gt">([](T a, N s) { return a.gt(s); });
  table.ge_scalar = makes<"ge">([](T a, N s) { return a.ge(s); });
  table.lt_scalar = makes<"lt">([](T a, N s) { return a.lt(s); });
  table.le_scalar = makes<"le">([](T a, N s) { return a.le(s); });
  table.eq_scalar = makes<"eq">([](T a, N s) { return a.eq(s); });
  table.ne_scalar = makes<"ne">([](T a, N s) { return a.ne(s); });
  table.add_scalar_ = writes<"add_">([](T a, N s) { a.add_(s); });
  table.mul_scalar_ = writes<"mul_">([](T a, N s) { a.mul_(s); });
  table.div_scalar_ = writes<"div_">([](T a, N s) { a.div_(s); });
  table.fill_ = writes<"fill_">([](T a, N s) { a.fill_(s); });
  table.full_like = makes<"full_like">([](T a, N s) { return at::full_like(a, s); });
  table.clamp = makes<"clamp">([](T a, N low, N high) { return a.clamp(low, high); });
  table.clamp_ = writes<"clamp_">([](T a, N low, N high) { a.clamp_(low, high); });
  table.lerp = makes<"lerp">([](T start, T end, T weight) { return start.lerp(end, weight); });
  table.where = makes<"where">([](T condition, T then, T otherwise) { return at::where(condition, then, otherwise); });
}

void set_along(graft_tensor_table& table) {
  table.sum = makes<"sum">([](T a, int64_t dim, bool keep) { return a.sum(dim, keep); });
  table.mean = makes<"mean">([](T a, int64_t dim, bool keep) { return a.mean(dim, keep); });
  table.amax = makes<"amax">([](T a, int64_t dim, bool keep) { return a.amax(dim, keep); });
  table.amin = makes<"amin">([](T a, int64_t dim, bool keep) { return a.amin(dim, keep); });
  table.argmax = makes<"argmax">([](T a, int64_t dim, bool keep) { return a.argmax(dim, keep); });
  table.logsumexp = makes<"logsumexp">([](T a, int64_t dim, bool keep) { return a.logsumexp(dim, keep); });
  table.norm = makes<"norm">([](T a, N p, int64_t dim, bool keep) { return a.norm(p, dim, keep); });
  table.sum_all = makes<"sum">([](T a) { return a.sum(); });
  table.mean_all = makes<"mean">([](T a) { return a.mean(); });
  table.softmax = makes<"softmax">([](T a, int64_t dim) { return a.softmax(dim); });
  table.log_softmax = makes<"log_softmax">([](T a, int64_t dim) { return a.log_softmax(dim); });
  table.cumsum = makes<"cumsum">([](T a, int64_t dim) { return a.cumsum(dim); });
}

void set_shapes(graft_tensor_table& table) {
  using Sizes = const int64_t*;
  table.unsqueeze = makes<"unsqueeze">([](T a, int64_t dim) { return a.unsqueeze(dim); });
  table.squeeze = makes<"squeeze">([](T a, int64_t dim) { return a.squeeze(dim); });
  table.view = makes<"view">([](T a, Sizes sizes, size_t count) { return a.view({sizes, count}); });
  table.reshape = makes<"reshape">([](T a, Sizes sizes, size_t count) { return a.reshape({sizes, count}); });
  table.expand = makes<"expand">([](T a, Sizes sizes, size_t count) { return a.expand({sizes, count}); });
  table.permute = makes<"permute">([](T a, Sizes dims, size_t count) { return a.permute({dims, count}); });
  table.narrow = makes<"narrow">([](T a, int64_t dim, int64_t start, int64_t length) { return a.narrow(dim, start, length); });
  table.transpose = makes<"transpose">([](T a, int64_t one, int64_t other) { return a.transpose(one, other); });
  table.select = makes<"select">([](T a, int64_t dim, int64_t index) { return a.select(dim, index); });
  table.cat = makes<"cat">([](const graft_tensor* all, size_t count, int64_t dim) { return at::cat(tensors(all, count), dim); });
  table.stack =
      makes<"stack">([](const graft_tensor* all, size_t count, int64_t dim) { return at::stack(tensors(all, count), dim); });
}

void set_over_lanes(graft_tensor_table& table) {
  table.linear = makes<"linear">(
      [](T x, T weight, Given bias) { return linear(x, weight, bias.handle ? of_handle(bias.handle) : at::Tensor()); });
  table.layer_norm = makes<"layer_norm">([](T x, T weight, T bias, double eps) { return layer_norm(x, weight, bias, eps); });
  table.attention = makes<"attention">([](T q, T k, T v, int64_t heads) { return attention(q, k, v, heads); });
}

graft_tensor_table full_table() {
  graft_tensor_table table{};
  table.size = sizeof table;
  table.version = GRAFT_SDK;
  set_owners(table);
  set_unary(table);
  set_of_two(table);
  set_with_numbers(table);
  set_along(table);
  set_shapes(table);
  set_over_lanes(table);
  table.find = find_operator;
  table.call = call_operator;
  return table;
}

}  // namespace

const graft_tensor_table* tensor_table() {
  static const graft_tensor_table table = full_table();
  return &table;
}

}  // namespace graft::core
