// Divides samples over clients, and each client's into training and test.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/log.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/domains.hpp"
#include "core/data/owners.hpp"
#include "core/data/split_file.hpp"
#include "core/manifest/checks.hpp"

namespace graft::core {
namespace {

using Indices = std::vector<std::int64_t>;

struct Stratum {  // a client's samples of one class, in random order, and how many of them are drawn
  Indices samples;
  std::int64_t drawn = 0, remainder = 0;
};

// Deals `count` of `total` samples over the strata in proportion; what whole numbers leave over goes to the largest remainders.
void deal(std::vector<Stratum>& strata, std::int64_t count, std::int64_t total) {
  for (Stratum& stratum : strata) {
    const std::int64_t product = count * std::int64_t(stratum.samples.size());
    stratum.drawn = product / total;
    stratum.remainder = product % total;
  }
  std::stable_sort(strata.begin(), strata.end(), [](const Stratum& a, const Stratum& b) { return a.remainder > b.remainder; });
  std::int64_t left = count;
  for (const Stratum& stratum : strata) left -= stratum.drawn;
  for (std::size_t i = 0; left > 0; ++i, --left) ++strata[i].drawn;
}

// So many of these samples, each class in proportion as far as whole numbers go; ascending.
Indices drawn_from(const Indices& samples, const Indices& labels, std::int64_t count, Random random) {
  std::map<std::int64_t, Stratum> by_class;
  for (const std::int64_t sample : samples) by_class[labels[std::size_t(sample)]].samples.push_back(sample);
  std::vector<Stratum> strata;
  for (auto& entry : by_class) strata.push_back(std::move(entry.second));
  for (Stratum& stratum : strata) random.shuffle(stratum.samples);
  random.shuffle(strata);  // so that equal remainders favour no class
  deal(strata, count, std::int64_t(samples.size()));
  Indices drawn;
  for (const Stratum& stratum : strata) {
    drawn.insert(drawn.end(), stratum.samples.begin(), stratum.samples.begin() + stratum.drawn);
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

// Moves that fraction of the training samples, one at least, into another list; the others keep their order.
void move_some(ClientSamples& client, Indices ClientSamples::*into, double fraction, const Indices& labels, const Random& random) {
  const auto total = std::int64_t(client.train.size());
  const auto most = into == &ClientSamples::validation ? total - 1 : total;  // of what is to be trained with one is left
  if (fraction <= 0 || most < 1) return;
  const auto count = std::min(most, std::max<std::int64_t>(1, std::llround(fraction * double(total))));
  client.*into = drawn_from(client.train, labels, count, random);
  std::erase_if(client.train, [&](auto sample) { return std::ranges::binary_search(client.*into, sample); });
}

Split drawn_split(const Manifest& manifest, const Dataset& data) {
  const Indices labels = labels_of(data);
  const Indices owners = data.users.empty() ? draw_owners(manifest, data) : data.users;
  const bool users = manifest.data.split.by == "users";
  std::vector<Indices> shares(users ? data.domain_names.size() : static_cast<std::size_t>(manifest.data.clients));
  for (std::size_t i = 0; i < owners.size(); ++i) shares[std::size_t(owners[i])].push_back(std::int64_t(i));
  Split split;
  for (const Indices& share : shares) {
    const Random random(manifest.seed, Purpose::test_split, {split.size()});
    split.push_back({share, {}});
    move_some(split.back(), &ClientSamples::test, manifest.data.test_fraction, labels, random);
  }
  return split;
}

// Validation samples, of those that are there to train with.
void hold_out(const Manifest& manifest, const Indices& labels, Split& split) {
  for (std::size_t i = 0; i < split.size(); ++i) {
    const Random random(manifest.seed, Purpose::validation, {i});
    move_some(split[i], &ClientSamples::validation, manifest.data.validation_fraction, labels, random);
  }
}

void check_smallest(const Manifest& manifest, const Split& split) {
  for (std::size_t i = 0; i < split.size(); ++i) {
    const auto samples = std::int64_t(split[i].train.size() + split[i].test.size());
    if (samples >= manifest.data.min_samples) continue;
    throw error_at(place_of(manifest, "data.min_samples"),
                   "client " + std::to_string(i) + " has " + count_text(double(samples)) +
                       " samples, expected at least min_samples = " + count_text(double(manifest.data.min_samples)),
                   Exit::data);
  }
}

// Samples that somebody trains with and somebody is scored on: what is shared has then seen them.
void warn_of_leaks(const Split& split, std::int64_t samples) {
  std::vector<bool> seen(static_cast<std::size_t>(samples));
  const auto see = [&](Indices ClientSamples::*part) {
    for (const auto& client : split) {
      for (const auto sample : client.*part) seen[std::size_t(sample)] = true;
    }
  };
  const auto warn = [&](Indices ClientSamples::*part, const std::string& name) {
    std::int64_t leaks = 0;
    for (const auto& client : split)
      leaks += std::ranges::count_if(client.*part, [&](auto sample) { return seen[std::size_t(sample)]; });
    if (leaks > 0)
      log(Level::warning, many_text(leaks, name + " sample") + (leaks == 1 ? " is a training sample" : " are training samples") +
                              " too, of the same client or another");
  };
  see(&ClientSamples::train);
  warn(&ClientSamples::validation, "validation");
  see(&ClientSamples::validation);  // which choose a round
  warn(&ClientSamples::test, "test");
}

void warn_of_empty(const Split& split, bool tests_wanted) {
  const auto without = [&](auto part) {
    return std::count_if(split.begin(), split.end(), [&](const auto& client) { return (client.*part).empty(); });
  };
  const std::string of_all = " of " + count_text(double(split.size())) + " clients have no ";
  if (const auto count = without(&ClientSamples::train)) {
    log(Level::warning, count_text(double(count)) + of_all + "training samples: they make no step and stay out of the mean");
  }
  if (const auto count = tests_wanted ? without(&ClientSamples::test) : 0) {
    log(Level::warning, count_text(double(count)) + of_all + "test samples: they are not scored");
  }
}

}  // namespace

std::int64_t clients_of(const Manifest& manifest) {
  const auto& by = manifest.data.split.by;
  if (by == "domain" || by == "users") return clients_by_domain(manifest, domain_names_of(manifest));
  return clients_left_to_split(manifest) ? clients_in_file(manifest) : manifest.data.clients;
}

Split split_dataset(const Manifest& manifest, const Dataset& data) {
  const bool from_file = manifest.data.split.by == "file";
  Split split = from_file ? read_split_file(manifest, data.labels.size(0)) : drawn_split(manifest, data);
  check_smallest(manifest, split);
  hold_out(manifest, labels_of(data), split);
  if (from_file) warn_of_leaks(split, data.labels.size(0));
  warn_of_empty(split, from_file || manifest.data.test_fraction > 0);
  return split;
}

}  // namespace graft::core
