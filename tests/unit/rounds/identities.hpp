// What the tests of exact identities share: the bound, lists of settings, gaps between tensors, a round played by hand.
#pragma once
#include <ATen/core/grad_mode.h>

#include "core/rounds/turns.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core::nano {

constexpr double kExact = 1e-12;
using Set = std::vector<std::string>;

inline Set operator+(Set a, const Set& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline const Set kThreeRounds = {"rounds=3"};
inline const Set kHeavy = {"training.optimizer.momentum=0.9", "training.optimizer.weight_decay=0.01"};

inline double gap(const at::Tensor& a, const at::Tensor& b) {
  return a.numel() == 0 && b.numel() == 0 ? 0 : (a - b).abs().max().item<double>();
}

// A federation in which only this client has samples to train on.
inline Federation alone(const std::string& strategy, const Set& settings, std::int64_t client) {
  auto made = federation(strategy, settings);
  for (std::int64_t other = 0; other < made.clients(); ++other) {
    if (other != client) made.split[other].train.clear();
  }
  const Folder folder;
  run(made, {folder.path, false, nullptr, {}});
  return made;
}

// The turns of a round, before anything is merged; the clients' rows are in the store.
inline Uploads turns_of(Federation& federation, const std::vector<std::int64_t>& cohort) {
  const at::NoGradGuard no_grad;
  RoundRecord record;
  record.round = federation.rounds_done + 1;
  record.cohort = cohort;
  auto uploads = train_cohort(federation, record, false, nullptr, [](double) {});
  federation.store.commit();
  return uploads;
}

// The mean cross entropy of one model on these samples.
inline at::Tensor loss_of(const Federation& federation, const std::vector<at::Tensor>& parameters,
                          const std::vector<std::int64_t>& samples) {
  const auto index = at::tensor(samples, at::kLong);
  const auto inputs = images(federation.data, index, federation.images).unsqueeze(0);
  const auto logits = federation.model.vit.forward(parameters, inputs, federation.model.injections());
  return at::cross_entropy_loss(logits.flatten(0, 1), federation.data.labels.index_select(0, index));
}

// Every tensor of client 0's model, [1, …].
inline std::vector<at::Tensor> parameters_of(const Federation& federation) {
  std::vector<at::Tensor> parameters;
  for (const auto& entry : federation.model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), 1);
    parameters.push_back(tensor(federation, entry.spec.name).view(sizes).clone());
  }
  return parameters;
}

// Whether two runs hold the same numbers, to the bit.
inline bool same_bits(const Federation& a, const Federation& b) {
  if (!at::equal(a.server.shared, b.server.shared)) return false;
  for (const auto& [name, row] : a.server.served) {
    if (!at::equal(row, b.server.served.at(name))) return false;
  }
  for (const auto& [name, initial] : a.store.initial()) {
    for (std::int64_t client = 0; client < a.clients(); ++client) {
      if (!at::equal(a.store.row(name, client), b.store.row(name, client))) return false;
    }
  }
  return true;
}

}  // namespace graft::core::nano
