// Every entry of the tensor table through graft::Tensor against ATen's function of that name: the same bits, forward and gradient.
#include <ATen/core/grad_mode.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <graft/ops.hpp>
#include <set>

#include "core/base/ops.hpp"
#include "core/library/handles.hpp"

namespace {

using A = const std::vector<at::Tensor>&;
using G = const std::vector<graft::Tensor>&;
using graft::Tensor;

struct Case {
  std::string name;
  std::size_t offset;  // of the entry in the table
  std::vector<std::vector<std::int64_t>> shapes;
  std::function<Tensor(G)> ours;
  std::function<at::Tensor(A)> atens;
};

const graft_tensor_table kEmpty{};
template <class Member>
std::size_t offset_of(Member graft_tensor_table::*member) {
  return reinterpret_cast<const char*>(&(kEmpty.*member)) - reinterpret_cast<const char*>(&kEmpty);
}

// Cases of one kind: an entry, and its call through either Tensor.
class Cases {
 public:
  explicit Cases(std::vector<std::vector<std::int64_t>> shapes) : shapes_(std::move(shapes)) {}
  template <class Member, class Ours, class Atens>
  void operator()(std::string name, Member graft_tensor_table::*member, Ours ours, Atens atens) {
    all.push_back({std::move(name), offset_of(member), shapes_, ours, atens});
  }
  template <class Member, class Both>  // spelled alike
  void operator()(std::string name, Member graft_tensor_table::*member, Both both) {
    (*this)(std::move(name), member, both, both);
  }
  std::vector<Case> all;

 private:
  std::vector<std::vector<std::int64_t>> shapes_;
};

using Table = graft_tensor_table;

std::vector<Case> of_one() {
  Cases c({{3, 4}});
  c("abs", &Table::abs, [](const auto& x) { return x[0].abs(); });
  c("neg", &Table::neg, [](const auto& x) { return -x[0]; });
  c("sign", &Table::sign, [](const auto& x) { return x[0].sign(); });
  c("exp", &Table::exp, [](const auto& x) { return x[0].exp(); });
  c("log", &Table::log, [](const auto& x) { return x[0].log(); });
  c("log1p", &Table::log1p, [](const auto& x) { return x[0].log1p(); });
  c("expm1", &Table::expm1, [](const auto& x) { return x[0].expm1(); });
  c("sqrt", &Table::sqrt, [](const auto& x) { return x[0].sqrt(); });
  c("rsqrt", &Table::rsqrt, [](const auto& x) { return x[0].rsqrt(); });
  c("reciprocal", &Table::reciprocal, [](const auto& x) { return x[0].reciprocal(); });
  c("square", &Table::square, [](const auto& x) { return x[0].square(); });
  c("sin", &Table::sin, [](const auto& x) { return x[0].sin(); });
  c("cos", &Table::cos, [](const auto& x) { return x[0].cos(); });
  c("tanh", &Table::tanh, [](const auto& x) { return x[0].tanh(); });
  c("sigmoid", &Table::sigmoid, [](const auto& x) { return x[0].sigmoid(); });
  c("relu", &Table::relu, [](const auto& x) { return x[0].relu(); });
  c("gelu", &Table::gelu, [](const auto& x) { return gelu(x[0]); });
  c("silu", &Table::silu, [](const auto& x) { return silu(x[0]); });
  c("floor", &Table::floor, [](const auto& x) { return x[0].floor(); });
  c("round", &Table::round, [](const auto& x) { return x[0].round(); });
  c("isfinite", &Table::isfinite, [](const auto& x) { return x[0].isfinite(); });
  c("logical_not", &Table::logical_not, [](const auto& x) { return x[0].logical_not(); });
  c("detach", &Table::detach, [](const auto& x) { return x[0].detach(); });
  c("clone", &Table::clone, [](const auto& x) { return x[0].clone(); });
  c("contiguous", &Table::contiguous, [](const auto& x) { return x[0].transpose(0, 1).contiguous(); });
  c("zeros_like", &Table::zeros_like, [](const auto& x) { return zeros_like(x[0]); });
  c("ones_like", &Table::ones_like, [](const auto& x) { return ones_like(x[0]); });
  c("sum_all", &Table::sum_all, [](const auto& x) { return x[0].sum(); });
  c("mean_all", &Table::mean_all, [](const auto& x) { return x[0].mean(); });
  c(
      "keep", &Table::keep, [](G x) { return Tensor(x[0]).mul(2); }, [](A x) { return x[0].mul(2); });
  return c.all;
}

std::vector<Case> of_two() {
  Cases c({{3, 4}, {3, 4}});
  c("add", &Table::add, [](const auto& x) { return x[0] + x[1]; });
  c("add alpha", &Table::add, [](const auto& x) { return x[0].add(x[1], 0.3); });
  c("sub", &Table::sub, [](const auto& x) { return x[0] - x[1]; });
  c("sub alpha", &Table::sub, [](const auto& x) { return x[0].sub(x[1], 0.3); });
  c("mul", &Table::mul, [](const auto& x) { return x[0] * x[1]; });
  c("div", &Table::div, [](const auto& x) { return x[0] / x[1]; });
  c("minimum", &Table::minimum, [](const auto& x) { return x[0].minimum(x[1]); });
  c("maximum", &Table::maximum, [](const auto& x) { return x[0].maximum(x[1]); });
  c("gt", &Table::gt, [](const auto& x) { return x[0] > x[1]; });
  c("ge", &Table::ge, [](const auto& x) { return x[0] >= x[1]; });
  c("lt", &Table::lt, [](const auto& x) { return x[0] < x[1]; });
  c("le", &Table::le, [](const auto& x) { return x[0] <= x[1]; });
  c("eq", &Table::eq, [](const auto& x) { return x[0] == x[1]; });
  c("ne", &Table::ne, [](const auto& x) { return x[0] != x[1]; });
  c("logical_and", &Table::logical_and, [](const auto& x) { return x[0].logical_and(x[1]); });
  c("logical_or", &Table::logical_or, [](const auto& x) { return x[0].logical_or(x[1]); });
  c("cat", &Table::cat, [](const auto& x) { return cat(std::vector{x[0], x[1]}, 1); });
  c("stack", &Table::stack, [](const auto& x) { return stack(std::vector{x[0], x[1]}, 1); });
  c("where", &Table::where, [](const auto& x) { return where(x[0] > 0, x[0], x[1]); });
  return c.all;
}

std::vector<Case> in_place() {
  Cases c({{3, 4}, {3, 4}});
  c("add_", &Table::add_, [](const auto& x) { return x[0].clone() += x[1]; });
  c("add_ alpha", &Table::add_, [](const auto& x) { return x[0].clone().add_(x[1], 0.3); });
  c("sub_", &Table::sub_, [](const auto& x) { return x[0].clone() -= x[1]; });
  c("sub_ alpha", &Table::sub_, [](const auto& x) { return x[0].clone().sub_(x[1], 0.3); });
  c("mul_", &Table::mul_, [](const auto& x) { return x[0].clone() *= x[1]; });
  c("div_", &Table::div_, [](const auto& x) { return x[0].clone() /= x[1]; });
  c("copy_", &Table::copy_, [](const auto& x) { return x[0].clone().copy_(x[1]); });
  c("add_scalar_", &Table::add_scalar_, [](const auto& x) { return x[0].clone() += 0.3; });
  c("add_scalar_ of sub_", &Table::add_scalar_, [](const auto& x) { return x[0].clone() -= 0.3; });
  c("mul_scalar_", &Table::mul_scalar_, [](const auto& x) { return x[0].clone() *= 0.3; });
  c("div_scalar_", &Table::div_scalar_, [](const auto& x) { return x[0].clone() /= 0.3; });
  c("fill_", &Table::fill_, [](const auto& x) { return x[0].clone().fill_(0.3); });
  c("clamp_", &Table::clamp_, [](const auto& x) { return x[0].clone().clamp_(-0.5, 0.5); });
  return c.all;
}

std::vector<Case> with_numbers() {
  Cases c({{3, 4}});
  c("add_scalar", &Table::add_scalar, [](const auto& x) { return 0.3 + x[0]; });
  c("add_scalar of sub", &Table::add_scalar, [](const auto& x) { return x[0] - 0.3; });
  c("mul_scalar", &Table::mul_scalar, [](const auto& x) { return x[0] * 0.3; });
  c("div_scalar", &Table::div_scalar, [](const auto& x) { return x[0] / 0.3; });
  c("div_ of /", &Table::div_, [](const auto& x) { return 0.3 / x[0]; });
  c("pow_scalar", &Table::pow_scalar, [](const auto& x) { return x[0].pow(3); });
  c("gt_scalar", &Table::gt_scalar, [](const auto& x) { return x[0] > 0.5; });
  c("ge_scalar", &Table::ge_scalar, [](const auto& x) { return x[0] >= 0.5; });
  c("lt_scalar", &Table::lt_scalar, [](const auto& x) { return x[0] < 0.5; });
  c("le_scalar", &Table::le_scalar, [](const auto& x) { return x[0] <= 0.5; });
  c("eq_scalar", &Table::eq_scalar, [](const auto& x) { return x[0] == 0.5; });
  c("ne_scalar", &Table::ne_scalar, [](const auto& x) { return x[0] != 0.5; });
  c("full_like", &Table::full_like, [](const auto& x) { return full_like(x[0], 0.3); });
  c("full_like of -", &Table::full_like, [](const auto& x) { return 0.3 - x[0]; });
  c("clamp", &Table::clamp, [](const auto& x) { return x[0].clamp(-0.5, 0.5); });
  return c.all;
}

std::vector<Case> along() {
  Cases c({{3, 4, 5}});
  c("sum", &Table::sum, [](const auto& x) { return x[0].sum(1, true); });
  c("mean", &Table::mean, [](const auto& x) { return x[0].mean(-1); });
  c("amax", &Table::amax, [](const auto& x) { return x[0].amax(1); });
  c("amin", &Table::amin, [](const auto& x) { return x[0].amin(1, true); });
  c("argmax", &Table::argmax, [](const auto& x) { return x[0].argmax(2); });
  c("logsumexp", &Table::logsumexp, [](const auto& x) { return x[0].logsumexp(0); });
  c("norm", &Table::norm, [](const auto& x) { return x[0].norm(2, 1, true); });
  c("softmax", &Table::softmax, [](const auto& x) { return x[0].softmax(1); });
  c("log_softmax", &Table::log_softmax, [](const auto& x) { return x[0].log_softmax(-1); });
  c("cumsum", &Table::cumsum, [](const auto& x) { return x[0].cumsum(1); });
  c("unsqueeze", &Table::unsqueeze, [](const auto& x) { return x[0].unsqueeze(-1); });
  c("squeeze", &Table::squeeze, [](const auto& x) { return x[0].narrow(1, 2, 1).squeeze(1); });
  c(
      "view", &Table::view,
      [](G x) {
        return x[0].view({3, -1});
      },
      [](A x) {
        return x[0].view({3, -1});
      });
  c(
      "reshape", &Table::reshape, [](G x) { return x[0].transpose(0, 1).reshape({-1}); },
      [](A x) { return x[0].transpose(0, 1).reshape({-1}); });
  c(
      "expand", &Table::expand,
      [](G x) {
        return x[0].expand({2, 3, 4, 5});
      },
      [](A x) {
        return x[0].expand({2, 3, 4, 5});
      });
  c(
      "permute", &Table::permute,
      [](G x) {
        return x[0].permute({2, 0, 1});
      },
      [](A x) {
        return x[0].permute({2, 0, 1});
      });
  c("narrow", &Table::narrow, [](const auto& x) { return x[0].narrow(1, 1, 2); });
  c("narrow of chunk", &Table::narrow, [](const auto& x) { return x[0].chunk(2, -1)[1]; });
  c("transpose", &Table::transpose, [](const auto& x) { return x[0].transpose(0, -1); });
  c("select", &Table::select, [](const auto& x) { return x[0].select(1, -1); });
  return c.all;
}

std::vector<Case> of_several() {
  Cases matrices({{2, 3, 4}, {2, 4, 5}}), rows({{3, 4}, {3, 4}, {3, 1}});
  matrices(
      "matmul", &Table::matmul, [](G x) { return x[0].matmul(x[1]); }, [](A x) { return x[0].matmul(x[1]); });
  matrices(
      "bmm", &Table::bmm, [](G x) { return x[0].bmm(x[1]); }, [](A x) { return x[0].bmm(x[1]); });
  rows(
      "lerp", &Table::lerp, [](G x) { return mix(x[0], x[1], x[2]); }, [](A x) { return x[0].lerp(x[1], x[2]); });
  matrices.all.insert(matrices.all.end(), rows.all.begin(), rows.all.end());
  return matrices.all;
}

// K = 2 lanes, with parameters of each lane's own and with those of all lanes.
std::vector<Case> over_lanes() {
  Cases own({{2, 3, 4}, {2, 5, 4}, {2, 5}}), common({{2, 3, 4}, {1, 5, 4}, {1, 5}}), norm({{2, 3, 4}, {2, 4}, {1, 4}}),
      tokens({{2, 3, 5, 8}, {2, 3, 6, 8}, {2, 3, 6, 8}});
  for (auto* each : {&own, &common}) {
    (*each)(
        "linear", &Table::linear, [](G x) { return graft::linear(x[0], x[1], x[2]); },
        [](A x) { return graft::core::linear(x[0], x[1], x[2]); });
    (*each)(
        "linear without bias", &Table::linear, [](G x) { return graft::linear(x[0], x[1]); },
        [](A x) { return graft::core::linear(x[0], x[1], {}); });
  }
  norm(
      "layer_norm", &Table::layer_norm, [](G x) { return graft::layer_norm(x[0], x[1], x[2]); },
      [](A x) { return graft::core::layer_norm(x[0], x[1], x[2], 1e-6); });
  tokens(
      "attention", &Table::attention, [](G x) { return graft::attention(x[0], x[1], x[2], 2); },
      [](A x) { return graft::core::attention(x[0], x[1], x[2], 2); });
  auto all = own.all;
  for (const auto* more : {&common, &norm, &tokens}) all.insert(all.end(), more->all.begin(), more->all.end());
  return all;
}

std::vector<Case> by_name() {
  Cases c({{3, 4}});
  c(
      "find", &Table::find, [](G x) { return graft::Op("aten::erf")(x[0]); }, [](A x) { return at::erf(x[0]); });
  c(
      "call", &Table::call, [](G x) { return graft::Op("aten::layer_norm")(x[0], graft::Sizes{4}); },
      [](A x) { return at::layer_norm(x[0], {4}); });
  return c.all;
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& some : {of_one(), of_two(), in_place(), with_numbers(), along(), of_several(), over_lanes(), by_name()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<at::Tensor> leaves(const Case& one, at::ScalarType type) {
  std::vector<at::Tensor> made;
  for (const auto& shape : one.shapes) {
    std::int64_t count = 1;
    for (const auto size : shape) count *= size;
    auto values = (at::arange(count, at::kDouble) * 1.7 + double(made.size())).sin() * 1.5;
    values[0] = 0.5;  // where comparisons are equal
    made.push_back(values.view(shape).to(type).requires_grad_());
  }
  return made;
}

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) return false;
  const auto x = a.detach().contiguous(), y = b.detach().contiguous();
  return x.nbytes() == 0 || std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes()) == 0;
}

std::vector<at::Tensor> gradients(const at::Tensor& result, const std::vector<at::Tensor>& inputs) {
  if (!result.requires_grad()) return {};
  const auto weights = (at::arange(result.numel(), result.options().requires_grad(false)) + 1).view(result.sizes());
  return torch::autograd::grad({result}, inputs, {weights}, std::nullopt, false, true);
}

void compare(const Case& one, at::ScalarType type) {
  const auto atens = leaves(one, type), ours = leaves(one, type);
  std::vector<Tensor> handles;
  for (const auto& leaf : ours) handles.emplace_back(graft::core::to_handle(leaf));
  const auto expected = one.atens(atens);
  const auto found = graft::core::take(one.ours(handles).release());
  CHECK(same_bits(found, expected));
  CHECK(found.strides() == expected.strides());
  CHECK(found.requires_grad() == expected.requires_grad());
  const auto expected_gradients = gradients(expected, atens), found_gradients = gradients(found, ours);
  REQUIRE(found_gradients.size() == expected_gradients.size());
  for (std::size_t i = 0; i < found_gradients.size(); ++i) CHECK(same_bits(found_gradients[i], expected_gradients[i]));
}

bool reached = false;
long unreachable_entry() {
  reached = true;
  return 0;
}

// Whether the case's call goes through the entry that it names: that entry alone is replaced by one that only takes note.
bool goes_through(const Case& one) {
  auto table = *graft::core::tensor_table();
  auto host = *graft::core::host_face();
  const auto inputs = leaves(one, at::kDouble);
  std::vector<Tensor> handles;
  for (const auto& leaf : inputs) handles.emplace_back(graft::core::to_handle(leaf));
  long (*const instead)() = unreachable_entry;
  std::memcpy(reinterpret_cast<char*>(&table) + one.offset, &instead, sizeof instead);
  host.tensors = &table;
  graft::host() = &host;
  reached = false;
  try {
    one.ours(handles);
  } catch (const graft::Error&) {
  }
  graft::host() = graft::core::host_face();
  return reached;
}

}  // namespace

TEST_CASE("every entry gives ATen's bits, forward and gradient") {
  graft::host() = graft::core::host_face();
  for (const auto& one : all_cases()) {
    for (const auto type : {at::kFloat, at::kDouble}) {
      INFO(one.name << " of " << toString(type));
      compare(one, type);
    }
  }
}

TEST_CASE("every entry of the table has a case that goes through it") {
  graft::host() = graft::core::host_face();
  std::set<std::size_t> tested;
  for (const auto& one : all_cases()) {
    INFO(one.name);
    CHECK(goes_through(one));
    tested.insert(one.offset);
  }
  for (const auto offset : {offset_of(&Table::drop), offset_of(&Table::dim), offset_of(&Table::sizes), offset_of(&Table::dtype),
                            offset_of(&Table::item)}) {
    tested.insert(offset);  // facts, tested below
  }
  const auto first = offset_of(&Table::keep);
  CHECK(tested.size() == (sizeof(Table) - first) / sizeof(void*));
  for (auto offset = first; offset < sizeof(Table); offset += sizeof(void*)) {
    INFO("the entry at byte " << offset << " of the table");
    CHECK(tested.count(offset) == 1);
    void* entry = nullptr;
    std::memcpy(&entry, reinterpret_cast<const char*>(graft::core::tensor_table()) + offset, sizeof entry);
    CHECK(entry != nullptr);
  }
}

TEST_CASE("facts of a tensor, and its owners") {
  graft::host() = graft::core::host_face();
  auto tensor = at::arange(6, at::kDouble).view({2, 3});
  {
    Tensor one(graft::core::to_handle(tensor));
    const Tensor other = one;
    CHECK(tensor.use_count() == 3);
    CHECK(one.dim() == 2);
    CHECK(one.sizes() == graft::Sizes{2, 3});
    CHECK(one.size(-1) == 3);
    CHECK_THROWS_AS(one.size(2), graft::Error);
    CHECK(one.scalar_type() == graft::kDouble);
    CHECK(one.select(0, 1).select(0, 2).item<double>() == 5);
    CHECK_THROWS_AS(one.item<double>(), graft::Error);
  }
  CHECK(tensor.use_count() == 1);  // dropped
}

TEST_CASE("dtypes are Graft's own numbers") {
  graft::host() = graft::core::host_face();
  const std::pair<at::ScalarType, int> known[] = {{at::kFloat, 1}, {at::kDouble, 2}, {at::kBFloat16, 3},
                                                  {at::kHalf, 4},  {at::kLong, 5},   {at::kInt, 6},
                                                  {at::kByte, 7},  {at::kBool, 8},   {at::kShort, 0}};
  for (const auto& [type, number] : known) {
    CHECK(Tensor(graft::core::to_handle(at::zeros({2}, type))).scalar_type() == number);
  }
}

TEST_CASE("numbers beside whole and truth tensors decide the dtype as in ATen") {
  graft::host() = graft::core::host_face();
  const auto compare_types = [](const at::Tensor& x) {
    const Tensor g(graft::core::to_handle(x));
    const auto same = [](const Tensor& ours, const at::Tensor& atens) {
      return same_bits(graft::core::take(Tensor(ours).release()), atens);
    };
    CHECK(same(g + 1, x + 1));
    CHECK(same(g * 2, x * 2));
    CHECK(same(g * 2.0, x * 2.0));
    CHECK(same(g / 2, x / 2));
    CHECK(same(3 - g.add(g), 3 - x.add(x)));
    CHECK(same(g.clamp(0, 2), x.clamp(0, 2)));
    CHECK(same(g.add(g, 2), x.add(x, 2)));
    CHECK(same(full_like(g, 3), at::full_like(x, 3)));
    CHECK(same(g == 1, x == 1));
    CHECK(same(g.pow(2), x.pow(2)));
    CHECK(same(g.sum(), x.sum()));
  };
  compare_types(at::arange(6, at::kLong));
  compare_types(at::arange(6, at::kInt));
  compare_types(at::arange(6, at::kByte));
  compare_types(at::arange(6, at::kFloat));
  const auto truth = at::arange(4, at::kLong) > 1;
  const Tensor mask(graft::core::to_handle(truth));
  CHECK(same_bits(graft::core::take((mask * 2).release()), truth * 2));
  CHECK(same_bits(graft::core::take((mask == true).release()), truth == true));
  CHECK(same_bits(graft::core::take((mask * 1.0).release()), truth * 1.0));
}

TEST_CASE("chunks are ATen's, also where there is nothing to divide") {
  graft::host() = graft::core::host_face();
  for (const std::int64_t size : {0, 1, 5, 6}) {
    const auto x = at::arange(2 * size, at::kFloat).view({2, size});
    const auto ours = Tensor(graft::core::to_handle(x)).chunk(3, 1);
    const auto atens = x.chunk(3, 1);
    REQUIRE(ours.size() == atens.size());
    for (std::size_t i = 0; i < ours.size(); ++i) CHECK(same_bits(graft::core::of_handle(ours[i].get()), atens[i]));
  }
}

TEST_CASE("a failing call says which one it was, with its arguments' shapes and one line of ATen's") {
  graft::host() = graft::core::host_face();
  const Tensor a(graft::core::to_handle(at::zeros({2, 3}))), b(graft::core::to_handle(at::zeros({4, 5})));
  const auto said = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const graft::Error& e) {
      return e.what();
    }
    return "";
  };
  CHECK(said([&] { a.matmul(b); }) == "matmul([2, 3], [4, 5]): mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
  CHECK(said([&] { a.view({7, -1}); }).rfind("view([2, 3], [7, -1]): ", 0) == 0);
  CHECK(said([&] { graft::cat({a, b}, 1); }).rfind("cat([[2, 3], [4, 5]], 1): ", 0) == 0);
  CHECK(said([&] { a.sum(5, true); }).rfind("sum([2, 3], 5, true): ", 0) == 0);
  CHECK(said([&] { Tensor(a).add_(b, 0.5); }).rfind("add_([2, 3], [4, 5], 0.5): ", 0) == 0);
  CHECK(said([&] { a + Tensor(); }) == "add([2, 3], none, 1): an argument is no tensor");
  CHECK(said([&] { a.item<double>(); }) == "item() of a tensor of 6 numbers");
  CHECK(Tensor().dim() == 0);  // no crash: a failure that the hook will report
  for (const auto& text : {said([&] { a.matmul(b); }), said([&] { a.sum(5); })}) {
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find("Exception raised from") == std::string::npos);
  }
}

TEST_CASE("what table calls cost", "[.bench]") {
  graft::host() = graft::core::host_face();
  const at::NoGradGuard none;
  const auto x = at::ones({4});
  const Tensor g(graft::core::to_handle(x));
  const auto nanoseconds = [](const auto& call) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 1'000'000; ++i) call();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / 1e6;
  };
  const auto plain = nanoseconds([&] { return x.add(x); }), through = nanoseconds([&] { return g.add(g); });
  WARN("at::Tensor " << plain << " ns, graft::Tensor " << through << " ns");
}
