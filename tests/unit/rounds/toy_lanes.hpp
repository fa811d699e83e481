// Federations of functions known by heart, played by a strategy's own plugin: the C face of lanes over rows of a body and a head,
// and rounds of plain SGD. No samples, no tuning, no closing phases; every client weighs the same.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "core/rounds/federation.hpp"

namespace graft::core::toy {

// What clients minimise in rows [P]. `batch` counts a client's batches through its turn, from 0.
struct Problem {
  using Function = std::function<at::Tensor(std::int64_t client, const at::Tensor& row, std::int64_t batch)>;
  std::int64_t clients = 1;
  std::int64_t body = 0, head = 0;                                              // columns
  at::Tensor start{};                                                           // [P]
  Function loss{};                                                              // a scalar that autograd can differentiate
  Function logits{};                                                            // [B, classes]; `loss` is then their cross entropy
  std::function<at::Tensor(std::int64_t client, std::int64_t batch)> labels{};  // [B]
};

// 1/2 x'Ax + b'x, with another positive definite A and another b for each client.
struct Quadratics {
  Quadratics(std::int64_t clients, std::int64_t columns);
  Problem problem(std::int64_t head = 0) const;     // of the columns, the last so many are the head
  at::Tensor optimum(std::int64_t head = 0) const;  // [S] of the sum over clients, each at the best head of its own
  std::vector<at::Tensor> a, b;                     // [P, P], [P]
};

// 4 classes of 3 features, 6 samples in a batch, linear in its parameters: weights [4, 3], all of them body. A batch of another
// number holds other samples.
Problem softmax_regression(std::int64_t clients, bool one_batch = false);

class Game {
 public:
  // Settings are a manifest's overrides: "strategy.rho=1", "training.epochs=3", "server.optimizer.lr=0.5". The rate is 0.1.
  Game(const std::string& strategy, const std::vector<std::string>& settings, Problem problem, std::int64_t steps_an_epoch = 1);

  void play(const std::vector<std::int64_t>& cohort);  // a round, its clients in lanes side by side
  void play_rounds(std::int64_t rounds);               // with everybody

  at::Tensor shared() const { return server_.shared[0]; }  // [S]
  at::Tensor served(const std::string& name) const { return server_.served.at(name)[0]; }
  const at::Tensor& own(std::int64_t client,
                        const std::string& name = "") const;         // "": its own columns of the model, else a kept row
  at::Tensor logits(std::int64_t client, std::int64_t batch) const;  // [B, classes] as the client is scored
  at::Tensor predictor(std::int64_t client) const;                   // [P] as the client is scored
  const at::Tensor& trained() const { return trained_; }             // [K, P] as the last turn ended
  const at::Tensor& uploads() const { return uploads_; }             // [K, U] of the last round

 private:
  Manifest manifest_;
  Model model_;
  Problem problem_;
  std::int64_t steps_an_epoch_, round_ = 0;
  ServerState server_;
  Store store_;
  at::Tensor trained_, uploads_;

  class Turn;
  Turn turn_of(const std::vector<std::int64_t>& clients, bool trains) const;
  void train(Turn& turn) const;
  void merge(const at::Tensor& uploads);
};

}  // namespace graft::core::toy
