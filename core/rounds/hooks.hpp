// The strategy's hooks as the rounds call them: its own where it has one, else the host's.
#pragma once
#include "core/rounds/turn.hpp"

namespace graft::core {

void call_step(Turn& turn, const LaneBatch& batch);
void call_finish(Turn& turn);
at::Tensor call_upload(Turn& turn);                           // [K, U]
at::Tensor call_predictor(Turn& turn);                        // [K, P]; undefined: the model itself
bool predicts(const Model& model);                            // whether it makes logits itself, in place of a predictor
at::Tensor call_predict(Turn& turn, const LaneBatch& batch);  // [K, B, classes], to be scored: its own, or else the model's
bool merges(const Model& model);                              // whether it wants all uploads at once
at::Tensor call_merge(const Model& model, const at::Tensor& uploads, const at::Tensor& weights);  // [C, U], [C, 1] to [U]
// [1, S] from the weighted mean [U]; `participation`: clients in the mean over all that can be in one.
at::Tensor call_next(ServerState& server, const Model& model, const at::Tensor& mean, double participation);

}  // namespace graft::core
