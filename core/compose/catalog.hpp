// The catalog: every tensor of a model, whose it is, and where it lies in the rows.
#pragma once
#include <string>
#include <vector>

#include "core/backbone/tensors.hpp"

namespace graft::core {

// shared: travels and is averaged. personal: stays with its client. held: shared, but no phase trains it: stored once, never sent.
// frozen: never trained, stored once.
enum class Where { shared, personal, held, frozen };

struct Entry {
  TensorSpec spec;
  Where where = Where::shared;
  // Its first column: of shared and personal tensors in a client's row [P]; of held and frozen ones in theirs, [H] and [F].
  std::int64_t offset = 0;
};

struct Catalog {
  std::vector<Entry> entries;  // the backbone's tensors in timm's order, then the modules'
  std::int64_t shared = 0;     // S: a row's first columns
  std::int64_t row = 0;        // P: shared and personal columns
  std::int64_t held = 0, frozen = 0;
  std::int64_t first_own = 0;  // the first column that is a client's own: S, or 0 where no server holds the shared ones
  bool own(const Entry& entry) const { return entry.where == Where::personal || (entry.where == Where::shared && first_own == 0); }
  std::vector<TensorSpec> specs() const {
    std::vector<TensorSpec> all;
    for (const auto& entry : entries) all.push_back(entry.spec);
    return all;
  }
};

}  // namespace graft::core
