// The balanced Dirichlet split of the published protocol: per class p ~ Dir(alpha), restricted to clients that are not yet full.
#include <algorithm>
#include <cmath>

#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/owners.hpp"

namespace graft::core {
namespace {

constexpr std::int64_t kDraws = 20'000'000;  // of gamma variates over all attempts: some seconds
constexpr std::int64_t kMostAttempts = 10'000, kLeastAttempts = 10;

// The logarithm of a gamma variate: at small alpha the variate itself underflows, and a class would find no owner.
double log_gamma_variate(double alpha, Random& random) {
  return std::log(random.gamma(alpha + 1)) + std::log(1 - random.uniform()) / alpha;
}

// Cumulative proportions of Dir(alpha) over `count` clients; the last is 1.
std::vector<double> cumulative_proportions(std::size_t count, double alpha, Random& random) {
  std::vector<double> weights(count);
  for (double& weight : weights) weight = log_gamma_variate(alpha, random);
  const double largest = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) weight = sum += std::exp(weight - largest);
  for (double& weight : weights) weight /= sum;
  return weights;
}

class Draw {  // one attempt
 public:
  Draw(std::int64_t samples, std::int64_t clients) : owners(std::size_t(samples)), held_(std::size_t(clients)) {}

  void divide(std::vector<std::int64_t> members, double alpha, Random& random) {
    if (members.empty()) return;
    random.shuffle(members);
    const std::vector<std::size_t> open = open_clients();  // never empty: if all were full, no sample would be left
    const std::vector<double> cumulative = cumulative_proportions(open.size(), alpha, random);
    std::size_t start = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const auto end = std::min(members.size(), std::size_t(cumulative[i] * double(members.size())));
      for (std::size_t j = start; j < end; ++j) owners[std::size_t(members[j])] = std::int64_t(open[i]);
      held_[open[i]] += std::int64_t(end - start);
      start = end;
    }
  }

  std::int64_t smallest() const { return *std::min_element(held_.begin(), held_.end()); }

  std::vector<std::int64_t> owners;

 private:
  std::vector<std::size_t> open_clients() const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (held_[i] * std::int64_t(held_.size()) < std::int64_t(owners.size())) open.push_back(i);
    }
    return open;
  }

  std::vector<std::int64_t> held_;
};

Random stream(const Manifest& manifest, const Pool& pool, std::int64_t attempt) {
  if (pool.domain < 0) return {manifest.seed, Purpose::split, {std::uint64_t(attempt)}};
  return {manifest.seed, Purpose::split, {std::uint64_t(attempt), std::uint64_t(pool.domain)}};
}

}  // namespace

std::vector<std::int64_t> dirichlet_owners(const Manifest& manifest, const Pool& pool) {
  const DataSpec& spec = manifest.data;
  std::vector<std::vector<std::int64_t>> by_class(static_cast<std::size_t>(pool.classes));
  for (std::size_t i = 0; i < pool.labels.size(); ++i) by_class[std::size_t(pool.labels[i])].push_back(std::int64_t(i));

  const std::int64_t attempts = std::clamp(kDraws / (pool.clients * pool.classes), kLeastAttempts, kMostAttempts);
  std::int64_t best = 0;
  for (std::int64_t attempt = 0; attempt < attempts; ++attempt) {
    Random random = stream(manifest, pool, attempt);
    Draw draw(std::int64_t(pool.labels.size()), pool.clients);
    for (const auto& members : by_class) draw.divide(members, spec.split.alpha, random);
    if (draw.smallest() >= spec.min_samples) return std::move(draw.owners);
    best = std::max(best, draw.smallest());
  }
  Error error = error_at(place_of(manifest, "data.min_samples"),
                         "no split with min_samples = " + count_text(double(spec.min_samples)) + " found" + pool.where + " in " +
                             count_text(double(attempts)) + " draws, the best had a smallest client of " + count_text(double(best)),
                         Exit::data);
  error.more +=
      std::string(error.more.empty() ? "" : "\n") + "hint: a smaller min_samples, fewer clients, or a larger data.split.alpha";
  throw error;
}

}  // namespace graft::core
