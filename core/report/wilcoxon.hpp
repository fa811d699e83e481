// Wilcoxon's signed-rank test of paired differences, and Holm's correction of several tests.
#pragma once
#include <optional>
#include <vector>

namespace graft::core {

// The two-sided p that differences are symmetric about 0. F. Wilcoxon, Biometrics Bulletin 1 (1945): differences of 0 are left
// out, equal ones share their mean rank. Up to 200 that are left the distribution is exact, over all signs of the ranks as they
// stand, shared ones too; above it is normal, with its variance corrected for shared ranks and without a correction for
// continuity. Nothing where no difference is left.
std::optional<double> wilcoxon_p(const std::vector<double>& differences);

// S. Holm, Scandinavian Journal of Statistics 6 (1979): p of each of several tests, such that the chance of any false alarm among
// all stays below what p is compared with. In the order given; tests without a p do not count.
std::vector<std::optional<double>> holm_corrected(const std::vector<std::optional<double>>& ps);

}  // namespace graft::core
