// The rows of a turn: what a phase, a hook at rest and the upload can reach of them.
#include "core/rounds/turn.hpp"

#include <ATen/ATen.h>

#include "core/base/shape_text.hpp"
#include "core/base/text.hpp"
#include "core/library/hook.hpp"

namespace graft::core {

Turn::Turn(const Federation& federation, std::vector<std::int64_t> clients, at::Tensor rows, NamedRows kept, bool own_shared)
    : federation_(federation),
      clients_(std::move(clients)),
      active_(std::int64_t(clients_.size())),
      full_(std::move(rows)),
      kept_(std::move(kept)) {
  const auto& entries = federation.model.catalog.entries;
  for (const auto& entry : entries) {
    own_.push_back(entry.where == Where::personal || (own_shared && entry.where == Where::shared));
  }
  steps_ = at::zeros({active_, 1}, full_.options());
  loss_sums_ = at::zeros({active_}, full_.options().dtype(at::kDouble));
  leave(active_);
}

void Turn::receive(const at::Tensor& mixed) {
  full_.narrow(1, 0, mixed.size(1)).copy_(mixed);
  received_ = mixed;
}

at::Tensor Turn::shaped(std::size_t entry, const at::Tensor& columns) const {
  auto sizes = federation_.model.catalog.entries[entry].spec.shape;
  sizes.insert(sizes.begin(), columns.size(0));
  return columns.view(sizes);
}

void Turn::begin_phase(const Phase& phase, const std::vector<bool>& trained, double lr) {
  mode_ = Mode::phase;
  lr_ = lr;
  rates_ = {federation_.manifest.training.optimizer, federation_.manifest.training.clip_norm};
  if (phase.plain_sgd) rates_ = {OptimizerSpec{}, 0};
  const bool with_held = full_.size(1) > federation_.model.catalog.row;
  columns_ = columns_of(federation_.model.catalog, trained, with_held);
  for (const auto entry : columns_.entries) own_[entry] = true;
  slab_.clear();
  stored_.clear();
  states_.clear();
  phase_steps_ = 0;
  features_ = {};
  slab_[""] = gather(full_, columns_);
  for (const auto& kept : federation_.model.plan.keeps) {
    if (const auto rows = kept_.find(kept.name); rows != kept_.end()) {
      slab_[kept.name] = kept.like == Like::scalar ? rows->second : gather(rows->second, columns_like(kept.like));
    }
  }
  leave(std::int64_t(clients_.size()));
}

Columns Turn::columns_like(Like like) const {
  if (like == Like::shared) return shared_columns(columns_);
  if (like == Like::personal) return personal_columns(columns_, federation_.model.catalog.shared);
  return columns_;
}

void Turn::leave(std::int64_t active) {
  active_ = active;
  const auto& catalog = federation_.model.catalog;
  std::vector<bool> in_phase(catalog.entries.size());
  if (mode_ == Mode::phase) {
    for (const auto entry : columns_.entries) in_phase[entry] = true;
  }
  pool_.clear();
  fixed_.assign(catalog.entries.size(), {});
  for (std::size_t i = 0; i < fixed_.size(); ++i) {
    const auto& entry = catalog.entries[i];
    const auto count = entry.spec.count();
    if (in_phase[i]) continue;
    if (own_[i]) {
      const auto start = entry.offset + (entry.where == Where::held ? catalog.row : 0);
      fixed_[i] = shaped(i, full_.narrow(0, 0, active_).narrow(1, start, count));
      continue;
    }
    const auto& once = entry.where == Where::frozen ? federation_.frozen
                       : entry.where == Where::held ? federation_.held
                                                    : federation_.server.shared;
    fixed_[i] = shaped(i, once.narrow(1, entry.offset, count));
  }
}

void Turn::end_phase() {
  scatter(full_, columns_, slab_.at(""));
  for (const auto& kept : federation_.model.plan.keeps) {
    const auto rows = kept_.find(kept.name);
    if (rows != kept_.end() && kept.like != Like::scalar) scatter(rows->second, columns_like(kept.like), slab_.at(kept.name));
  }
  mode_ = Mode::rest;
  features_ = {};
  stored_.clear();
  pool_.clear();
  leave(std::int64_t(clients_.size()));
}

void Turn::count_step() {
  steps_.narrow(0, 0, active_).add_(1);
  ++phase_steps_;
  counted_loss_ = false;
}

const Kept& Turn::declared(const std::string& name) const {
  std::vector<std::string> known;
  for (const auto& kept : federation_.model.plan.keeps) {
    if (kept.name == name) return kept;
    known.push_back(kept.name);
  }
  throw Misuse("the plan keeps no row named '" + name + "'" + did_you_mean(name, known));
}

at::Tensor Turn::rows(const std::string& name) const {
  if (!name.empty()) declared(name);
  if (mode_ == Mode::phase) return slab_.at(name).narrow(0, 0, active_);
  const auto& rows = name.empty() ? full_ : kept_.at(name);
  if (mode_ == Mode::rest) return rows;
  const auto shared = federation_.model.catalog.shared;
  if (name.empty()) return rows.narrow(1, 0, shared);
  const auto& kept = declared(name);
  if (!kept.sent) throw Misuse("the kept row '" + name + "' is not declared sent, so an upload cannot derive from it");
  if (kept.like == Like::personal) throw Misuse("the kept row '" + name + "' is like the personal part, which never travels");
  return kept.like == Like::model ? rows.narrow(1, 0, shared) : rows;
}

at::Tensor Turn::received(const std::string& name) const {
  const auto& served = federation_.server.served;
  if (!name.empty() && !served.count(name)) throw Misuse("the plan serves no row named '" + name + "'");
  // Without a server a client has received what it mixed, or, where it trains no more, what it has.
  const auto own = received_.defined() ? received_ : full_.narrow(1, 0, federation_.model.catalog.shared);
  const auto sent = federation_.model.plan.gossips() ? own.narrow(0, 0, active_) : federation_.server.shared;
  const auto& row = name.empty() ? sent : served.at(name);
  if (mode_ != Mode::phase || (!name.empty() && row.size(1) != federation_.model.catalog.shared)) return row;
  return gather(row, shared_columns(columns_));
}

// The store holds what the turn began with until the round is whole.
at::Tensor Turn::stored(const std::string& name) {
  const auto& catalog = federation_.model.catalog;
  if (name.empty() && mode_ == Mode::upload)
    throw Misuse("stored(): an upload cannot reach the personal columns, which never travel");
  if (!name.empty()) rows(name);  // refuses what an upload may not derive from
  auto found = stored_.find(name);
  if (found == stored_.end()) {
    const auto& own = federation_.store;
    const bool anew = name.empty() && federation_.model.plan.stateless;
    auto whole = anew ? own.initial().at("").unsqueeze(0).expand({std::int64_t(clients_.size()), -1}).to(full_.device())
                      : own.fetch(name, clients_, full_.device());
    const auto like = name.empty() ? Like::personal : declared(name).like;
    if (name.empty()) whole = whole.narrow(1, catalog.shared - catalog.first_own, catalog.row - catalog.shared);
    if (mode_ == Mode::phase && like != Like::scalar) whole = gather(whole, columns_like(like));
    if (mode_ == Mode::upload && like == Like::model) whole = whole.narrow(1, 0, catalog.shared);
    found = stored_.emplace(name, whole).first;
  }
  return found->second.narrow(0, 0, active_);
}

at::Tensor Turn::shared(const at::Tensor& rows) const {
  if (mode_ == Mode::upload) return rows;
  check_rows(rows, "shared");
  return rows.narrow(1, 0, mode_ == Mode::phase ? columns_.shared : federation_.model.catalog.shared);
}

at::Tensor Turn::personal(const at::Tensor& rows) const {
  if (mode_ == Mode::upload) throw Misuse("personal(): an upload cannot reach the personal columns, which never travel");
  check_rows(rows, "personal");
  const auto first = mode_ == Mode::phase ? columns_.shared : federation_.model.catalog.shared;
  return rows.narrow(1, first, rows.size(1) - first);
}

void Turn::check_rows(const at::Tensor& rows, const char* function) const {
  const auto columns = mode_ == Mode::phase ? columns_.all : full_.size(1);
  const bool shaped = rows.dim() == 2 && (rows.size(0) == active_ || rows.size(0) == 1) && rows.size(1) == columns;
  if (!shaped) {
    throw Misuse(std::string(function) + "(): expected rows [" + std::to_string(active_) + ", " + std::to_string(columns) +
                 "], found " + shape_text(rows.sizes()));
  }
  check_type(rows, function);
}

void Turn::check_type(const at::Tensor& rows, const char* function) const {
  if (rows.scalar_type() == full_.scalar_type()) return;
  throw Misuse(std::string(function) + "(): expected rows of " + c10::toString(full_.scalar_type()) + ", found " +
               c10::toString(rows.scalar_type()));
}

at::Tensor Turn::finite() const {
  auto all = full_.isfinite().all(1);
  for (const auto& [name, rows] : kept_) all = all.logical_and(rows.isfinite().all(1));
  return all;
}

void Turn::descend(const std::string& name, const at::Tensor& direction) {
  if (mode_ != Mode::phase) throw Misuse("descend(): there is a rate and an optimizer only in step");
  const auto target = rows(name);
  if (direction.sizes() != target.sizes()) {
    throw Misuse("descend(): the rows are " + shape_text(target.sizes()) + ", the direction is " + shape_text(direction.sizes()));
  }
  check_type(direction, "descend");
  core::descend(target, direction, rates_.optimizer, lr_, rates_.clip_norm, states_[name]);
}

}  // namespace graft::core
