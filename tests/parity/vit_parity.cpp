// vit_parity DIR: recomputes a case of vit_reference.py with Graft's ViT in fp32, for one lane and for two, and prints the largest
// differences; exit 1 where one is above its bound. What it read it writes again, beside, for Python to read.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/backbone/weights.hpp"
#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/random.hpp"

namespace {
using namespace graft::core;
namespace fs = std::filesystem;

constexpr double kBound = 1e-5, kGradientBound = 1e-4;

struct Case {
  Manifest manifest;
  VitShape shape;
  NamedTensors inputs, expected;
  std::vector<TensorSpec> specs;
  GivenWeights weights;
};

Case read_case(const fs::path& folder) {
  const auto facts = nlohmann::json::parse(read_whole(folder / "case.json", Exit::data));
  Case it;
  auto& backbone = it.manifest.backbone;
  backbone.image_size = facts.at("image_size");
  backbone.patch_size = facts.at("patch_size");
  backbone.width = facts.at("width");
  backbone.depth = facts.at("depth");
  backbone.heads = facts.at("heads");
  backbone.mlp_ratio = facts.at("mlp_ratio");
  backbone.weights = folder / "weights.safetensors";
  it.shape = shape_of(it.manifest, facts.at("classes"));
  it.inputs = read_safetensors(folder / "inputs.safetensors");
  it.expected = read_safetensors(folder / "expected.safetensors");
  it.specs = tensors_of(it.shape);
  it.weights = fit_weights(it.manifest, it.shape, it.specs);
  return it;
}

// The lanes that a tensor has of its own; 1: one for all.
using LanesOf = std::function<std::int64_t(const TensorSpec&)>;

class Comparison {
 public:
  void add(const char* what, const at::Tensor& found, const at::Tensor& expected, double bound) {
    auto& [largest, allowed] = of_[what];
    allowed = bound;
    const double difference = (found.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
    if (!(difference <= largest)) largest = difference;  // so that a NaN stays
  }
  bool print(const std::string& name) const {
    bool good = true;
    std::printf("%-28s", name.c_str());
    for (const auto& [what, difference] : of_) {
      std::printf("  %s %.1e", what.c_str(), difference.first);
      good = good && difference.first <= difference.second;
    }
    std::printf("  %s\n", good ? "ok" : "TOO LARGE");
    return good;
  }

 private:
  std::map<std::string, std::pair<double, double>> of_;
};

// Every lane holds the same weights and sees the same images: each must give timm's numbers, a tensor of all lanes their gradients'
// sum.
bool compare(const Case& it, const std::string& name, std::int64_t lanes, const LanesOf& lanes_of) {
  Bound bound;
  for (const auto& spec : it.specs) {
    const auto values = it.weights.tensors.at(spec.name).to(at::kFloat).unsqueeze(0);
    auto sizes = values.sizes().vec();
    sizes[0] = lanes_of(spec);
    bound.push_back(values.expand(sizes).clone().requires_grad_());
  }
  const auto& images = it.inputs.at("images");
  auto sizes = images.unsqueeze(0).sizes().vec();
  sizes[0] = lanes;
  const auto logits = Vit(it.shape).forward(bound, images.unsqueeze(0).expand(sizes), nullptr);

  Comparison comparison;
  std::vector<at::Tensor> losses;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    losses.push_back(at::cross_entropy_loss(logits[lane], it.inputs.at("labels")));
    comparison.add("logits", logits[lane], it.expected.at("logits"), kBound);
    comparison.add("loss", losses.back(), it.expected.at("loss"), kBound);
  }
  const auto gradients = torch::autograd::grad({at::stack(losses).sum()}, bound);
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const double times = double(lanes) / double(bound[i].size(0));
    comparison.add("gradients", gradients[i] / times, it.expected.at("gradient." + it.specs[i].name).unsqueeze(0), kGradientBound);
  }
  comparison.add("positions", it.weights.tensors.at("pos_embed"), it.expected.at("pos_embed"), kBound);
  return comparison.print(name);
}

bool run(const fs::path& folder) {
  const auto it = read_case(folder);
  for (const auto& line : it.weights.said) std::printf("%s\n", line.c_str());
  for (const auto* name : {"weights", "types"}) {
    write_safetensors(folder / (name + std::string(".written.safetensors")),
                      read_safetensors(folder / (name + std::string(".safetensors"))));
  }
  bool good = compare(it, "one lane", 1, [](const auto&) { return 1; });
  good &= compare(it, "two lanes", 2, [](const auto&) { return 2; });
  good &= compare(it, "two lanes, heads apart", 2, [](const auto& spec) { return spec.role == "head" ? 2 : 1; });
  good &= compare(it, "two lanes, some apart", 2, [](const auto& spec) { return hash(spec.name) % 2 ? 2 : 1; });
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: vit_parity DIR, a folder that vit_reference.py has filled\n");
    return 2;
  }
  try {
    return run(arguments[1]) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
