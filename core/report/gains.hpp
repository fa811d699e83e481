// Costs as multiples of another variant's, and what accuracy comes for them.
#pragma once
#include <array>
#include <functional>
#include <optional>

#include "core/report/comparison.hpp"

namespace graft::core {

struct CostFigure {
  const char* name;  // as in comparison.csv
  std::function<std::optional<double>(const VariantCosts&)> of;
};
const std::array<CostFigure, 8>& cost_figures();  // in the order of the tables

// Of the variant's cost over the reference's; none: not known, or the reference has none.
std::optional<double> multiple_of(const Comparison& comparison, std::size_t variant, const CostFigure& figure);

// Points of accuracy after the last round for 10^9 bytes sent in the run, up and down; and for 10^18 floating-point operations of
// training, two a multiply-accumulate. None: not known, or nothing was sent or computed.
std::optional<double> points_per_gigabyte(const Comparison& comparison, std::size_t variant);
std::optional<double> points_per_exaflop(const Comparison& comparison, std::size_t variant);

}  // namespace graft::core
