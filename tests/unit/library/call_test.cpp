// Operators by name: defaults, wrong arguments, results; and those that wait for the device, refused where the hook may not.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <graft/ops.hpp>

#include "core/base/error.hpp"
#include "core/library/handles.hpp"
#include "core/library/hook.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using graft::Op;
using graft::Sizes;
using graft::Tensor;

Tensor ours(const at::Tensor& tensor) { return Tensor(graft::core::to_handle(tensor)); }
const at::Tensor& atens(const Tensor& tensor) { return graft::core::of_handle(tensor.get()); }

template <class Call>
std::string said(Call call) {
  try {
    call();
  } catch (const graft::Error& e) {
    return e.what();
  }
  return "";
}

// What the host says about a step that does `call`.
std::string step_error(const std::function<void()>& call, bool may_wait = false) {
  try {
    graft::core::run_hook({"planted", "step", may_wait}, [&] { return call(), 0; });
  } catch (const graft::core::Error& e) {
    CHECK(e.status == graft::core::Exit::plugin);
    return e.what();
  }
  return "";
}

struct Host {
  Host() { graft::host() = graft::core::host_face(); }
};

}  // namespace

TEST_CASE_METHOD(Host, "the host fills in the defaults of an operator called by name") {
  const auto x = at::randn({2, 5});
  CHECK(atens(Op("aten::layer_norm")(ours(x), Sizes{5})).equal(at::layer_norm(x, {5})));
  CHECK(atens(Op("aten::layer_norm")(ours(x), Sizes{5}, Tensor(), Tensor(), 0.1)).equal(at::layer_norm(x, {5}, {}, {}, 0.1)));
  CHECK(atens(Op("aten::sum", "dim_IntList")(ours(x), Sizes{1}, true)).equal(x.sum(1, true)));
  CHECK(atens(Op("aten::sum", "dim_IntList")(ours(x), 1)).equal(x.sum(1)));  // one number where a list is wanted
  CHECK(atens(Op("aten::add", "Scalar")(ours(x), 2)).equal(x + 2));
  CHECK(atens(Op("aten::add.Scalar")(ours(x), 2)).equal(x + 2));
  CHECK(atens(Op("aten::dropout")(ours(x), 0.5, false)).equal(x));  // draws nothing, so it may
  CHECK(atens(Op("aten::leaky_relu")(ours(x), 0.2)).equal(at::leaky_relu(x, 0.2)));
  CHECK(atens(Op("aten::elu")(ours(x), 1)).equal(at::elu(x, 1)));
  CHECK(atens(Op("aten::gelu")(ours(x), "tanh")).equal(at::gelu(x, "tanh")));
  CHECK(atens(Op("aten::topk")(ours(x), 2)).equal(std::get<0>(x.topk(2))));  // the first result
  CHECK(atens(Op("aten::cat")(std::vector{ours(x), ours(x)}, 1)).equal(at::cat({x, x}, 1)));
}

TEST_CASE_METHOD(Host, "dtypes and devices have Graft's numbers and names") {
  const auto x = at::arange(4, at::kFloat);
  CHECK(atens(Op("aten::to", "dtype")(ours(x), GRAFT_INT64)).scalar_type() == at::kLong);
  CHECK(atens(Op("aten::sum")(ours(x), GRAFT_FLOAT64)).scalar_type() == at::kDouble);
  CHECK(atens(Op("aten::to", "dtype_layout")(ours(x), GRAFT_FLOAT64, Tensor(), "cpu")).scalar_type() == at::kDouble);
  CHECK_THAT(said([&] { Op("aten::to", "dtype")(ours(x), 77); }), EndsWith("argument 'dtype' is ScalarType, found a whole number"));
}

TEST_CASE_METHOD(Host, "lists of tensors may have gaps") {
  const auto x = at::arange(12, at::kFloat).view({3, 4});
  const auto rows = at::tensor({2, 0});
  CHECK(atens(Op("aten::index", "Tensor")(ours(x), std::vector{ours(rows)})).equal(x.index_select(0, rows)));
  CHECK(atens(Op("aten::index", "Tensor")(ours(x), std::vector{Tensor(), ours(rows)})).equal(x.index_select(1, rows)));
  CHECK_THAT(said([&] { Op("aten::cat")(std::vector{ours(x), Tensor()}); }), EndsWith("an argument is no tensor"));
}

TEST_CASE_METHOD(Host, "gradients flow through operators called by name") {
  const auto x = at::randn({2, 5}).requires_grad_();
  const auto y = graft::core::take(Op("aten::erf")(ours(x)).release());
  const auto found = torch::autograd::grad({y.sum()}, {x})[0];
  CHECK(found.equal(torch::autograd::grad({at::erf(x).sum()}, {x})[0]));
}

TEST_CASE_METHOD(Host, "wrong calls by name are plain errors") {
  const auto x = ours(at::zeros({2, 3}));
  CHECK(said([&] { Op("aten::nothing"); }) == "this LibTorch has no operator 'aten::nothing'");
  CHECK(said([&] { Op("aten::sum", "dim"); }) == "this LibTorch has no operator 'aten::sum.dim'");
  CHECK(said([&] { Op("nothing at all"); }) != "");
  CHECK(said([&] { Op("aten::erf")(); }) == "aten::erf(): argument 'self' is missing");
  CHECK(said([&] { Op("aten::erf")(x, x); }) == "aten::erf([2, 3], [2, 3]): it takes at most 1 arguments, found 2");
  CHECK(said([&] { Op("aten::sum", "dim_IntList")(x, 1.5); }) ==
        "aten::sum.dim_IntList([2, 3], 1.5): argument 'dim' is List[int], found a floating number");
  CHECK(said([&] { Op("aten::erf")("x"); }) == "aten::erf('x'): argument 'self' is Tensor, found a text");
  CHECK_THAT(said([&] { Op("aten::erf")(Tensor()); }), ContainsSubstring("argument 'self' is Tensor, found none"));
  CHECK_THAT(said([&] { Op("aten::mm")(x, x); }), StartsWith("aten::mm([2, 3], [2, 3]): mat1 and mat2 shapes"));
  CHECK_THAT(said([&] { Op("aten::unbind", "int")(x); }), ContainsSubstring("whose first result is a tensor"));
  CHECK_THAT(said([&] { Op("aten::item")(x); }), ContainsSubstring("whose first result is a tensor"));
}

TEST_CASE_METHOD(Host, "an operator is looked up once") {
  const auto* const one = graft::table().find("aten::erf", "");
  CHECK(one != nullptr);
  CHECK(one == graft::table().find("aten::erf", nullptr));
  CHECK(one != graft::table().find("aten::erfc", ""));
}

TEST_CASE_METHOD(Host, "a failed search is no failure of the hook, where the plugin has another way") {
  CHECK(step_error([] { CHECK(graft::table().find("aten::of_a_later_version", "") == nullptr); }) == "");
}

TEST_CASE_METHOD(Host, "a step cannot wait for the device") {
  const auto x = ours(at::tensor({1.0, 0.0, 2.0}));
  CHECK(step_error([&] { x.sum().item<double>(); }) ==
        "plugin 'planted' failed in step: item() waits for the device, which step must not: keep the value a tensor");
  CHECK_THAT(step_error([&] { Op("aten::nonzero")(x); }),
             ContainsSubstring("aten::nonzero([3]): aten::nonzero waits for the device, which step must not"));
  CHECK_THAT(step_error([&] { Op("aten::masked_select")(x, x > 0); }), ContainsSubstring("aten::masked_select waits"));
  CHECK_THAT(step_error([&] { Op("aten::unique_dim")(x, 0); }), ContainsSubstring("aten::unique_dim waits"));
  CHECK_THAT(step_error([&] { Op("aten::_unique2")(x); }), ContainsSubstring("aten::_unique2 waits"));
  CHECK_THAT(step_error([&] { Op("aten::repeat_interleave", "Tensor")(Op("aten::to", "dtype")(x, GRAFT_INT64)); }),
             ContainsSubstring("waits"));
}

TEST_CASE_METHOD(Host, "nor through an operator that calls one that waits") {
  const auto x = ours(at::tensor({1.0, 0.0, 2.0}));
  CHECK_THAT(step_error([&] { Op("aten::index", "Tensor")(x, std::vector{x > 0}); }),
             ContainsSubstring("aten::index.Tensor([3], [[3]]): aten::nonzero waits for the device"));
  CHECK_THAT(step_error([&] { Op("aten::linalg_inv")(ours(at::eye(2))); }), ContainsSubstring("waits for the device"));
  CHECK(step_error([&] {
          Op("aten::index", "Tensor")(x, std::vector{ours(at::tensor({2, 0}))});
        }) == "");  // indices need no waiting
}

TEST_CASE_METHOD(Host, "nor by a copy to the CPU") {
  const auto there = ours(at::zeros({2}, at::device(at::kMeta))), here = ours(at::zeros({2}));
  CHECK_THAT(step_error([&] { Tensor(here).copy_(there); }), ContainsSubstring("a copy to the CPU waits for the device"));
  CHECK_THAT(step_error([&] { Op("aten::copy_")(here, there); }),
             ContainsSubstring("aten::copy_([2], [2]): a copy to the CPU waits"));
  CHECK_THAT(step_error([&] { Op("aten::to", "device")(there, "cpu", GRAFT_FLOAT32); }), ContainsSubstring("a copy to the CPU"));
  CHECK(step_error([&] { Op("aten::to", "device")(here, "cpu", GRAFT_FLOAT64); }) == "");
  CHECK_THAT(step_error([&] { Op("aten::to", "other")(there, here); }), ContainsSubstring("a copy to the CPU"));
  CHECK(step_error([&] { Tensor(here).copy_(here); }) == "");
  CHECK(step_error([&] { Op("aten::add", "Tensor")(there, ours(at::ones({}))); }) == "");  // a number on the CPU is no copy
}

TEST_CASE_METHOD(Host, "a hook that may wait does, unless one around it may not") {
  const auto x = ours(at::tensor({1.0, 0.0, 2.0}));
  CHECK(step_error([&] { CHECK(x.sum().item<double>() == 3); }, true) == "");
  CHECK(step_error([&] { CHECK(Op("aten::nonzero")(x).size(0) == 2); }, true) == "");
  CHECK_THAT(step_error([&] {
               graft::core::run_hook({"inner", "after_mlp", true}, [&] { return x.sum().item<double>(), 0; });
             }),
             StartsWith("plugin 'inner' failed in after_mlp: item() waits"));
  CHECK(x.sum().item<double>() == 3);  // and outside hooks
}

TEST_CASE_METHOD(Host, "what calls by name cost, where the hook may wait and where it may not", "[.bench]") {
  const auto x = ours(at::ones({4}));
  const Op erf("aten::erf");
  const auto nanoseconds = [&](bool may_wait) {
    double spent = 0;
    graft::core::run_hook({"planted", "step", may_wait}, [&] {
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < 100'000; ++i) erf(x);
      return spent = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / 1e5, 0;
    });
    return spent;
  };
  WARN(nanoseconds(true) << " ns and " << nanoseconds(false) << " ns");
}
