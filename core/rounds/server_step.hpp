// The server's optimizer: one step of the shared part towards what the merge says. FedAvgM, FedAdam and FedYogi are its options.
#pragma once
#include "core/rounds/federation.hpp"

namespace graft::core {

// From D = next - shared, [1, S]. sgd: PyTorch's, with momentum it is FedAvgM (Hsu et al., 2019); lr 1 without it is `next` itself,
// to the bit. adam, yogi: Reddi et al., ICLR 2021, algorithm 2, which corrects no bias and begins with v = tau^2.
void step_to(ServerState& server, const at::Tensor& next, const ServerSpec& spec);

}  // namespace graft::core
