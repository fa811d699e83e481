// Means that a few wrong uploads cannot move far: coordinate by coordinate, the median or a trimmed mean. Yin et al., ICML 2018.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Robust : Strategy {
  std::string mean = "median";
  double trim = 0.1;
  Selector personal = none();

  void options(Options& o) override {
    o("mean", mean, {"median", "trimmed"}, "of the uploads, coordinate by coordinate and unweighted");
    o("trim", trim, "trimmed: the share of the uploads left out at each end", 0, 0.5);
    o("personal", personal, "what stays with its client");
  }

  Plan plan() const override { return {.personal = personal, .weighting = Weighting::equal}; }

  Tensor merge(const Tensor& uploads, const Tensor&) const override {
    static const Op sort("aten::sort");
    const int64_t count = uploads.size(0), most = (count - 1) / 2;  // a median is what is left where most are cut
    const int64_t cut = mean == "median" ? most : std::min(most, int64_t(trim * double(count) + 1e-9));
    return sort(uploads, 0, false).narrow(0, cut, count - 2 * cut).mean(0);
  }
};
}  // namespace

GRAFT_STRATEGY(Robust, "robust", "1.0.0", "the coordinate-wise median or trimmed mean of the uploads")
