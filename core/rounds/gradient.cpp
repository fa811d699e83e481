// Logits, loss and gradient of every lane's rows: each trained tensor is a leaf of its own, so nothing else is differentiated.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/base/shape_text.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/dropout.hpp"
#include "core/rounds/turn.hpp"

namespace graft::core {

namespace {

std::vector<at::Tensor> leaves_of(const std::vector<at::Tensor>& parts) {
  std::vector<at::Tensor> leaves;
  for (const auto& part : parts) leaves.push_back(part.detach().requires_grad_(true));
  return leaves;
}

// Of `made`, times `direction` where it is no scalar, in each of the leaves.
std::vector<at::Tensor> slopes_of(const at::Tensor& made, const std::vector<at::Tensor>& leaves,
                                  const std::vector<at::Tensor>& direction = {}) {
  auto found = torch::autograd::grad({made}, leaves, direction, {}, false, true);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].defined()) found[i] = at::zeros_like(leaves[i].detach());  // a declared tensor that its module does not use
  }
  return found;
}

}  // namespace

std::vector<at::Tensor> Turn::parts_of(const at::Tensor& rows) const {
  auto parts = rows.split_with_sizes(columns_.sizes, 1);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = shaped(columns_.entries[i], parts[i]);
  return parts;
}

Bound Turn::bound(const std::vector<at::Tensor>& trained) const {
  Bound all = fixed_;
  for (std::size_t i = 0; i < trained.size(); ++i) all[columns_.entries[i]] = trained[i];
  return all;
}

// The parts of full rows, for a turn at rest.
Bound Turn::bound_at_rest(const at::Tensor& rows) const {
  const auto& entries = federation_.model.catalog.entries;
  Bound all = fixed_;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].where != Where::shared && entries[i].where != Where::personal) continue;
    all[i] = shaped(i, rows.narrow(1, entries[i].offset, entries[i].spec.count()));
  }
  return all;
}

at::Tensor Turn::logits_at(const Bound& bound, const LaneBatch& batch) const {
  if (!batch.labels.defined()) throw Misuse("a batch drawn in parts is seen only part by part: use batch.part(i)");
  const auto& model = federation_.model;
  if (mode_ != Mode::phase) return model.vit.forward(bound, batch.inputs, model.injections());
  const Dropout dropout(model.injections(), batch);
  return model.vit.run(bound, batch.inputs, features_.stage, model.vit.stages(), &dropout);
}

at::Tensor Turn::losses(const at::Tensor& logits, const LaneBatch& batch) const {
  const auto flat = logits.flatten(0, 1), labels = batch.labels.flatten();
  if (batch.labels.size(0) == 1 && !batch.weights.defined()) return at::cross_entropy_loss(flat, labels).unsqueeze(0);
  const auto each = at::cross_entropy_loss(flat, labels, {}, at::Reduction::None).view_as(batch.labels);
  if (!batch.weights.defined()) return each.mean(1);
  return (each * batch.weights).sum(1) / batch.weights.sum(1);
}

// A step's loss is the first of which it has a gradient, or a slope.
void Turn::count_loss(const at::Tensor& loss) {
  if (!counted_loss_) loss_sums_.narrow(0, 0, active_).add_(loss.detach());
  counted_loss_ = true;
}

std::vector<at::Tensor> Turn::gradients(const std::vector<at::Tensor>& parts, const LaneBatch& batch) {
  const at::AutoGradMode on(true);
  const auto leaves = leaves_of(parts);
  const auto loss = losses(logits_at(bound(leaves), batch), batch);
  auto found = slopes_of(loss.sum(), leaves);
  count_loss(loss);
  return found;
}

at::Tensor Turn::pooled() {
  for (const auto& buffer : pool_) {
    if (buffer.use_count() == 1 && buffer.storage().use_count() == 1 && buffer.size(0) == active_) return buffer;
  }
  pool_.push_back(at::empty({active_, columns_.all}, full_.options()));
  return pool_.back();
}

at::Tensor Turn::gradient(const at::Tensor& rows, const LaneBatch& batch) {
  if (mode_ != Mode::phase) throw Misuse("gradient(): it can be had only in step");
  check_rows(rows, "gradient");
  const auto values = rows.detach().expand({active_, columns_.all});
  return flat(gradients(parts_of(values), batch));
}

at::Tensor Turn::flat(const std::vector<at::Tensor>& parts) {
  const at::NoGradGuard no_grad;
  auto rows = pooled();
  at::_foreach_copy_(parts_of(rows), parts);
  return rows;
}

at::Tensor Turn::logits(const at::Tensor& rows, const LaneBatch& batch) const {
  check_rows(rows, "logits");
  const at::NoGradGuard no_grad;
  const auto values = rows.expand({active_, -1});
  return logits_at(mode_ == Mode::phase ? bound(parts_of(values)) : bound_at_rest(values), batch);
}

at::Tensor Turn::slope(const at::Tensor& logits, const LaneBatch& batch) {
  if (mode_ != Mode::phase) throw Misuse("slope(): it can be had only in step, as the labels can");
  if (!batch.labels.defined()) throw Misuse("a batch drawn in parts has a loss only part by part: use batch.part(i)");
  const auto classes = federation_.model.vit.shape().classes;
  const std::vector<std::int64_t> expected = {batch.labels.size(0), batch.labels.size(1), classes};
  if (logits.sizes() != at::IntArrayRef(expected)) {
    throw Misuse("slope(): expected logits " + shape_text(expected) + ", found " + shape_text(logits.sizes()));
  }
  check_type(logits, "slope");
  const at::NoGradGuard no_grad;
  if (!counted_loss_) count_loss(losses(logits, batch));
  const auto excess = logits.softmax(-1).scatter_add(-1, batch.labels.unsqueeze(-1), at::full_like(logits.narrow(-1, 0, 1), -1));
  if (!batch.weights.defined()) return excess / double(batch.labels.size(1));
  return excess * (batch.weights / batch.weights.sum(1, true)).unsqueeze(-1);
}

at::Tensor Turn::pullback(const at::Tensor& rows, const LaneBatch& batch, const at::Tensor& direction) {
  if (mode_ != Mode::phase) throw Misuse("pullback(): it can be had only in step");
  check_rows(rows, "pullback");
  const at::AutoGradMode on(true);
  const auto leaves = leaves_of(parts_of(rows.detach().expand({active_, columns_.all})));
  const auto made = logits_at(bound(leaves), batch);
  if (direction.sizes() != made.sizes()) {
    throw Misuse("pullback(): the logits are " + shape_text(made.sizes()) + ", the direction is " + shape_text(direction.sizes()));
  }
  check_type(direction, "pullback");
  return flat(slopes_of(made, leaves, {direction}));
}

at::Tensor Turn::loss(const at::Tensor& rows, const LaneBatch& batch) const {
  if (mode_ != Mode::phase) throw Misuse("loss(): it can be had only in step, as the labels can");
  check_rows(rows, "loss");
  const at::NoGradGuard no_grad;
  return losses(logits_at(bound(parts_of(rows.expand({active_, columns_.all}))), batch), batch).unsqueeze(1);
}

void Turn::step(const LaneBatch& batch) {
  const auto& optimizer = rates_.optimizer;
  if (optimizer.use != "sgd" || optimizer.momentum != 0 || rates_.clip_norm > 0) {
    descend("", gradient(rows(""), batch));
    return;
  }
  const auto parts = parts_of(rows(""));
  auto found = gradients(parts, batch);
  const at::NoGradGuard no_grad;
  // Not in place: what autograd returns may share storage, or be expanded.
  if (optimizer.weight_decay != 0) found = at::_foreach_add(found, parts, optimizer.weight_decay);
  at::_foreach_add_(parts, found, -lr_);
}

bool Turn::trunk_drops_out(std::int64_t stage) const {
  const Around modules(federation_.model.injections());
  for (std::int64_t block = 0; block + 1 < stage; ++block) {
    for (const auto& tokens : modules.tokens(block, fixed_)) {
      if (tokens.dropout > 0) return true;
    }
  }
  return false;
}

at::Tensor Turn::trunk(const at::Tensor& images, std::int64_t stage) const {
  const at::NoGradGuard no_grad;
  return federation_.model.vit.run(fixed_, images, 0, stage, federation_.model.injections());
}

at::Tensor Turn::logits(const at::Tensor& images) const {
  const at::NoGradGuard no_grad;
  return federation_.model.vit.forward(fixed_, images, federation_.model.injections());
}

}  // namespace graft::core
