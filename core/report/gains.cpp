// Ratios of figures that may be missing.
#include "core/report/gains.hpp"

namespace graft::core {

namespace {

using Number = std::optional<double>;

Number ratio(const Number& one, const Number& other) {
  if (!one || !other || *other == 0) return {};
  return *one / *other;
}

Number points_for(const Comparison& comparison, std::size_t variant, const Number& spent) {
  const auto& accuracies = comparison.last.accuracies[variant];
  return accuracies ? ratio(accuracies->mean, spent) : Number();
}

}  // namespace

const std::array<CostFigure, 8>& cost_figures() {
  static const std::array<CostFigure, 8> figures{{
      {"stored_bytes_per_client", [](const VariantCosts& costs) { return Number(costs.stored_bytes); }},
      {"upload_bytes_per_client_round", [](const VariantCosts& costs) { return Number(costs.upload_bytes); }},
      {"download_bytes_per_client_round", [](const VariantCosts& costs) { return Number(costs.download_bytes); }},
      {"total_bytes", [](const VariantCosts& costs) { return Number(costs.total_bytes); }},
      {"forward_macs_per_sample", [](const VariantCosts& costs) { return Number(costs.forward_macs); }},
      {"training_macs_per_sample_round", [](const VariantCosts& costs) { return costs.training_macs; }},
      {"seconds", [](const VariantCosts& costs) { return Number(costs.seconds); }},
      {"peak_memory_bytes", [](const VariantCosts& costs) { return Number(costs.peak_memory_bytes); }},
  }};
  return figures;
}

std::optional<double> multiple_of(const Comparison& comparison, std::size_t variant, const CostFigure& figure) {
  const auto &ours = comparison.rows[variant].costs, &theirs = comparison.rows[comparison.reference].costs;
  return ours && theirs ? ratio(figure.of(*ours), figure.of(*theirs)) : Number();
}

std::optional<double> points_per_gigabyte(const Comparison& comparison, std::size_t variant) {
  const auto& costs = comparison.rows[variant].costs;
  return costs ? points_for(comparison, variant, costs->total_bytes / 1e9) : Number();
}

std::optional<double> points_per_exaflop(const Comparison& comparison, std::size_t variant) {
  const auto& costs = comparison.rows[variant].costs;
  if (!costs || !costs->all_training_macs) return {};
  return points_for(comparison, variant, 2 * *costs->all_training_macs / 1e18);
}

}  // namespace graft::core
