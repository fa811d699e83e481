// Merges in double, and asks the modules' plugins how.
#include "apps/graft/merging.hpp"

#include <ATen/ATen.h>

#include <set>

#include "core/base/text.hpp"

namespace graft {

namespace {

using core::Federation;
using core::Merging;
using core::NamedTensors;
using core::Where;

// A tensor as a client has it, [1, …] in double; of what is everybody's, whoever the client is.
at::Tensor value_of(const Federation& federation, std::size_t place, std::int64_t client) {
  const auto& catalog = federation.model.catalog;
  const auto& entry = catalog.entries[place];
  const bool own = catalog.own(entry);
  const auto& row = own                            ? federation.store.row("", client)
                    : entry.where == Where::held   ? federation.held
                    : entry.where == Where::frozen ? federation.frozen
                                                   : federation.server.shared;
  const auto first = entry.offset - (own ? catalog.first_own : 0);
  return row.reshape(-1).narrow(0, first, entry.spec.count()).reshape(entry.spec.shape).unsqueeze(0).to(at::kDouble);
}

at::Tensor merged(const Federation& federation, const Merging& merging, std::int64_t client) {
  core::Bound bound(federation.model.catalog.entries.size());
  bound[merging.weight] = value_of(federation, merging.weight, client);
  for (const auto place : merging.tensors) bound[place] = value_of(federation, place, client);
  return federation.model.modules->merged(merging, bound).squeeze(0).to(federation.dtype);
}

bool is_own(const core::Model& model, const Merging& merging) {
  const auto own = [&](std::size_t place) { return model.catalog.own(model.catalog.entries[place]); };
  return own(merging.weight) || std::any_of(merging.tensors.begin(), merging.tensors.end(), own);
}

std::vector<Merging> mergings_of(const core::Model& model) {
  return model.modules ? model.modules->mergings() : std::vector<Merging>{};
}

void merge(const Federation& federation, bool own, std::int64_t client, NamedTensors& tensors) {
  const auto& entries = federation.model.catalog.entries;
  for (const auto& merging : mergings_of(federation.model)) {
    if (is_own(federation.model, merging) == own) {
      tensors[entries[merging.weight].spec.name] = merged(federation, merging, client);
    }
    for (const auto place : merging.tensors) tensors.erase(entries[place].spec.name);
  }
}

}  // namespace

void merge_shared(const Federation& federation, NamedTensors& shared) { merge(federation, false, 0, shared); }

void merge_own(const Federation& federation, std::int64_t client, NamedTensors& own) { merge(federation, true, client, own); }

void refuse_rows_on_merged(const core::Model& model) {
  if (mergings_of(model).empty()) return;
  for (const auto* rows : {&model.plan.keeps, &model.plan.serves}) {
    for (const auto& row : *rows) {
      if (row.like == core::Like::scalar) continue;
      throw core::Error(
          core::Exit::usage,
          "--merge: '" + row.name + "' of strategy '" + model.strategy.id + "' lies on the weights that would be merged",
          "without --merge all of it is written");
    }
  }
}

std::string unmerged_text(const core::Model& model) {
  if (!model.modules) return "there is no module to merge\n";
  std::set<std::string> names;
  for (const auto& merging : mergings_of(model)) {
    for (const auto place : merging.tensors) names.insert(model.catalog.entries[place].spec.name);
  }
  std::string text;
  for (const auto& plugin : model.modules->plugins()) {
    std::int64_t left = 0;
    for (const auto& tensor : model.modules->tensors()) left += tensor.module == plugin.id && !names.count(tensor.name);
    if (left == 0) continue;
    text += "module '" + plugin.id + "' cannot be merged into weights: its " + core::many_text(left, "tensor") +
            (left == 1 ? " is" : " are") + " written as ever\n";
  }
  return text;
}

}  // namespace graft
