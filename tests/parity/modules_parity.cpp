// modules_parity DIR: recomputes every case of modules_reference.py with the modules' plugins, in fp32 and fp64, in one lane and in
// two, and prints the largest differences; exit 1 where one is above its bound.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cstdio>
#include <limits>

#include "core/backbone/weights.hpp"
#include "core/base/error.hpp"
#include "core/compose/compose.hpp"

namespace {
using namespace graft::core;
namespace fs = std::filesystem;

constexpr std::int64_t kClasses = 5;

struct Precision {
  const char* name;
  at::ScalarType dtype;
  double bound;  // of every difference, over the larger of 1 and what was expected
};
constexpr Precision kPrecisions[] = {{"fp32", at::kFloat, 1e-5}, {"fp64", at::kDouble, 1e-10}};

struct Case {
  Model model;
  GivenWeights weights;
  NamedTensors inputs, expected;
};

Case read_case(const fs::path& folder, const Precision& precision) {
  const auto manifest = read_manifest(folder / "case.toml", {});
  auto model = compose(manifest, kClasses);
  auto weights = fit_weights(manifest, model.vit.shape(), model.catalog.specs());
  for (const auto& line : weights.said) throw std::runtime_error(line);  // every tensor has to be in the file
  return {std::move(model), std::move(weights), read_safetensors(folder / "inputs.safetensors"),
          read_safetensors(folder / (std::string("expected.") + precision.name + ".safetensors"))};
}

double difference(const at::Tensor& found, const at::Tensor& expected) {
  if (found.sizes() != expected.sizes() || !found.isfinite().all().item<bool>()) return std::numeric_limits<double>::infinity();
  const double largest = (found.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
  return largest / std::max(1.0, expected.abs().max().item<double>());
}

// The lanes see the same images. Modules are each lane's own; the rest is everybody's, and its gradients are summed.
double compare(const Case& it, const Precision& precision, std::int64_t lanes) {
  Bound bound;
  for (const auto& [spec, where, offset] : it.model.catalog.entries) {
    auto sizes = spec.shape;
    sizes.insert(sizes.begin(), spec.role == "module" ? lanes : 1);
    bound.push_back(it.weights.tensors.at(spec.name).to(precision.dtype).unsqueeze(0).expand(sizes).clone().requires_grad_());
  }
  const auto images = it.inputs.at("images").to(precision.dtype);
  const auto logits = it.model.vit.forward(bound, images.expand({lanes, -1, -1, -1, -1}), it.model.injections());
  double largest = 0;
  std::vector<at::Tensor> losses;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    losses.push_back(at::cross_entropy_loss(logits[lane], it.inputs.at("labels")));
    largest =
        std::max({largest, difference(logits[lane], it.expected.at("logits")), difference(losses.back(), it.expected.at("loss"))});
  }
  const auto gradients = torch::autograd::grad({at::stack(losses).sum()}, bound);
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const double times = double(lanes) / double(bound[i].size(0));
    const auto& expected = it.expected.at("gradient." + it.model.catalog.entries[i].spec.name);
    largest = std::max(largest, difference(gradients[i] / times, expected.unsqueeze(0).expand_as(gradients[i])));
  }
  return largest;
}

bool run(const fs::path& folder) {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  bool good = !cases.empty();
  for (const auto& one : cases) {
    std::printf("%-22s", one.filename().c_str());
    for (const auto& precision : kPrecisions) {
      const auto it = read_case(one, precision);
      for (const std::int64_t lanes : {1, 2}) {
        const double largest = compare(it, precision, lanes);
        const bool within = largest <= precision.bound;
        std::printf("  %s, %lld lane%s %.1e%s", precision.name, static_cast<long long>(lanes), lanes == 1 ? "" : "s", largest,
                    within ? "" : " TOO LARGE");
        good = good && within;
      }
    }
    std::printf("\n");
  }
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: modules_parity DIR, a folder that modules_reference.py has filled\n");
    return 2;
  }
  try {
    return run(arguments[1]) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
