// Counts parameters and traffic from the catalog and the plan.
#include "core/compose/costs.hpp"

namespace graft::core {

std::int64_t size_of(const Kept& row, const Catalog& catalog) {
  switch (row.like) {
    case Like::scalar: return 1;
    case Like::model: return catalog.row;
    case Like::shared: return catalog.shared;
    case Like::personal: return catalog.row - catalog.shared;
  }
  return 0;
}

Costs costs_of(const Manifest& manifest, const Model& model) {
  Costs costs;
  const auto& catalog = model.catalog;
  for (const auto& entry : catalog.entries) {
    const auto count = entry.spec.count();
    costs.total += count;
    costs.by_role[entry.spec.role] += count;
    if (entry.where == Where::personal) costs.personal_by_role[entry.spec.role] += count;
  }
  costs.shared = catalog.shared;
  costs.personal = catalog.row - catalog.shared;
  costs.held = catalog.held;
  costs.frozen = catalog.frozen;
  costs.scalar_bytes = manifest.precision == "fp64" ? 8 : 4;
  costs.upload = catalog.shared;
  costs.download = catalog.shared;
  for (const auto& row : model.plan.serves) costs.download += size_of(row, catalog);
  costs.stored = costs.total;
  costs.own = catalog.row - catalog.first_own;
  for (const auto& row : model.plan.keeps) {
    costs.stored += size_of(row, catalog);
    costs.own += size_of(row, catalog);
  }
  costs.forward_macs = forward_macs(model);
  return costs;
}

}  // namespace graft::core
