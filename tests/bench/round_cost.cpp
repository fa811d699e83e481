// What a round costs beside the training steps that it contains: a round of FedAvg in one lane against the bare steps on the same
// batches, in one process, in turns. Two bare steps: a ViT written the plain way, and Graft's own forward pass on plain parameters.
//   round_cost MANIFEST [REPEATS]
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "core/rounds/rounds.hpp"
#include "core/rounds/steps.hpp"

using namespace graft::core;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::vector<at::Tensor> parameters_of(const Federation& federation) {
  std::vector<at::Tensor> parameters;
  for (const auto& entry : federation.model.catalog.entries) {
    parameters.push_back(federation.server.shared[0].narrow(0, entry.offset, entry.spec.count()).view(entry.spec.shape).clone());
    parameters.back().requires_grad_(true);
  }
  return parameters;
}

// timm's vision_transformer as one would write it: images [B, C, H, W] to logits [B, classes].
at::Tensor plain_forward(const VitShape& shape, const std::vector<at::Tensor>& p, const at::Tensor& images) {
  const auto batch = images.size(0), width = shape.width;
  auto x = at::conv2d(images, p[2], p[3], shape.patch).flatten(2).transpose(1, 2);
  x = at::cat({p[0].expand({batch, 1, width}), x}, 1) + p[1];
  std::size_t at = 4;
  for (std::int64_t block = 0; block < shape.depth; ++block, at += 12) {
    const auto z = at::layer_norm(x, {width}, p[at], p[at + 1], 1e-6);
    const auto qkv =
        at::linear(z, p[at + 2], p[at + 3]).view({batch, -1, 3, shape.heads, width / shape.heads}).permute({2, 0, 3, 1, 4});
    const auto mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]).transpose(1, 2).reshape({batch, -1, width});
    x = x + at::linear(mixed, p[at + 4], p[at + 5]);
    const auto y = at::layer_norm(x, {width}, p[at + 6], p[at + 7], 1e-6);
    x = x + at::linear(at::gelu(at::linear(y, p[at + 8], p[at + 9])), p[at + 10], p[at + 11]);
  }
  return at::linear(at::layer_norm(x, {width}, p[at], p[at + 1], 1e-6).select(1, 0), p[at + 2], p[at + 3]);
}

at::Tensor graft_forward(const Vit& vit, const std::vector<at::Tensor>& parameters, const at::Tensor& images) {
  Bound bound;
  for (const auto& one : parameters) bound.push_back(one.unsqueeze(0));
  return vit.forward(bound, images.unsqueeze(0), nullptr).squeeze(0);
}

template <class Forward>
double bare_steps(const std::vector<std::pair<at::Tensor, at::Tensor>>& batches, std::vector<at::Tensor>& parameters, double lr,
                  Forward forward) {
  const auto start = now();
  for (const auto& [images, labels] : batches) {
    const at::AutoGradMode on(true);
    const auto gradients = torch::autograd::grad({at::cross_entropy_loss(forward(parameters, images), labels)}, parameters);
    const at::NoGradGuard no_grad;
    at::_foreach_add_(parameters, gradients, -lr);
  }
  return now() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "round_cost MANIFEST [REPEATS]\n";
    return 2;
  }
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const int repeats = count > 2 ? std::atoi(arguments[2]) : 5;
  const auto manifest = read_manifest(arguments[1], {"strategy={use=\"fedavg\"}", "rounds=1", "lanes=1", "modules=[]",
                                                     "training.optimizer.momentum=0.0", "evaluation.every=0"});
  const auto federation = found(manifest);
  const Phase phase;
  std::vector<std::pair<at::Tensor, at::Tensor>> batches;  // made beforehand: a bare step has its batch
  for (const auto& group : in_lanes(federation, {0, 1, 2, 3})) {
    for (const auto& batch : draw_steps(federation, phase, Purpose::order, 0, group[0], 0).batches) {
      std::vector<std::int64_t> samples;
      for (const auto position : batch) samples.push_back(federation.split[group[0]].train[position]);
      const auto index = at::tensor(samples, at::kLong);
      batches.emplace_back(images(federation.data, index, federation.images), federation.data.labels.index_select(0, index));
    }
  }
  const auto folder = std::filesystem::temp_directory_path() / "graft-round-cost";
  std::vector<double> to_plain, to_own;
  for (int repeat = 0; repeat <= repeats; ++repeat) {  // the first is a warm-up
    auto plain = parameters_of(federation), own = parameters_of(federation);
    const auto lr = manifest.training.optimizer.lr;
    const auto a = bare_steps(batches, plain, lr,
                              [&](const auto& p, const auto& x) { return plain_forward(federation.model.vit.shape(), p, x); });
    const auto b =
        bare_steps(batches, own, lr, [&](const auto& p, const auto& x) { return graft_forward(federation.model.vit, p, x); });
    auto fresh = federation;
    for (std::size_t client = 4; client < fresh.split.size(); ++client) fresh.split[client].train.clear();
    std::filesystem::create_directories(folder);
    double round = 0;
    const auto start = now();
    double evaluate = 0;
    run(fresh, {folder, false, nullptr, [&](const Progress& progress) {
                  if (progress.record)
                    round = progress.record->train_s + progress.record->merge_s, evaluate = progress.record->evaluate_s;
                }});
    const auto rest = now() - start - round - evaluate;
    std::filesystem::remove_all(folder);
    std::cout << (repeat == 0 ? "warm-up: " : "") << batches.size() << " steps: plain " << a << " s, own forward " << b
              << " s, round " << round << " s (and " << rest << " s to checkpoint and sum up)\n";
    if (repeat == 0) continue;
    to_plain.push_back(round / a);
    to_own.push_back(round / b);
  }
  std::cout << "a round over its bare steps, median of " << repeats << ": " << median(to_plain) << " (plain ViT), "
            << median(to_own) << " (own forward pass)\n";
}
