// SGD, Adam and Yogi on the shared part.
#include "core/rounds/server_step.hpp"

#include <ATen/ATen.h>

namespace graft::core {

namespace {

void sgd(ServerState& server, at::Tensor change, const ServerSpec& spec) {
  if (spec.momentum != 0) {
    server.momentum = server.momentum.defined() ? server.momentum * spec.momentum + change : change;
    change = server.momentum;
  }
  server.shared = server.shared.add(change, spec.lr);
}

void adaptive(ServerState& server, const at::Tensor& change, const ServerSpec& spec) {
  if (!server.momentum.defined()) {
    server.momentum = at::zeros_like(change);
    server.second = at::full_like(change, spec.tau * spec.tau);
  }
  const auto square = change.square();
  server.momentum = server.momentum * spec.beta1 + change * (1 - spec.beta1);
  server.second = spec.optimizer == "yogi" ? server.second - square * (server.second - square).sign() * (1 - spec.beta2)
                                           : server.second * spec.beta2 + square * (1 - spec.beta2);
  server.shared = server.shared + server.momentum * spec.lr / (server.second.sqrt() + spec.tau);
}

}  // namespace

void step_to(ServerState& server, const at::Tensor& next, const ServerSpec& spec) {
  if (spec.optimizer != "sgd") return adaptive(server, next - server.shared, spec);
  if (spec.lr != 1 || spec.momentum != 0) return sgd(server, next - server.shared, spec);
  server.shared = next.clone();
}

}  // namespace graft::core
