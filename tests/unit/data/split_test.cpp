// Splits: every sample once, sizes, balance, failure with a reason; training and test.
#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>

#include "splitting.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("iid: sizes differ by at most one, another seed is another split") {
  Manifest manifest = manifest_by("iid", 7);
  const Dataset data = labelled(1000, 10);
  const Split split = split_dataset(manifest, data);
  REQUIRE(split.size() == 7);
  CHECK(each_sample_once(split, 1000));
  const auto [least, most] = std::ranges::minmax(sizes(split));
  CHECK(least == 142);
  CHECK(most == 143);
  CHECK(same(split, split_dataset(manifest, data)));
  manifest.seed = 1;
  CHECK(!same(split, split_dataset(manifest, data)));
}

TEST_CASE("iid: more clients than samples leave some clients empty") {
  const Split split = split_dataset(manifest_by("iid", 20), labelled(12, 3));
  CHECK(each_sample_once(split, 12));
  const auto all = sizes(split);
  CHECK(std::count(all.begin(), all.end(), 0) == 8);
}

TEST_CASE("training and test: max(1, round(f n)), stratified, in stored order") {
  Manifest manifest = manifest_by("iid", 1);
  const Split split = split_dataset(manifest, labelled(400, 10));
  REQUIRE(split[0].test.size() == 100);
  std::vector<int> tested(10);
  for (const auto sample : split[0].test) ++tested[std::size_t(sample % 10)];
  CHECK(tested == std::vector<int>(10, 10));
  CHECK(std::ranges::is_sorted(split[0].train));
  CHECK(std::ranges::is_sorted(split[0].test));
  CHECK(split_dataset(manifest, labelled(10, 3))[0].test.size() == 3);  // 2.5, halves away from zero
  CHECK(split_dataset(manifest, labelled(1, 3))[0].test.size() == 1);
  manifest.data.test_fraction = 0.001;
  CHECK(split_dataset(manifest, labelled(400, 10))[0].test.size() == 1);
  manifest.data.test_fraction = 0;
  CHECK(split_dataset(manifest, labelled(400, 10))[0].train.size() == 400);
}

TEST_CASE("validation: a part of what is left for training, stratified; the test and the order stay") {
  Manifest manifest = manifest_by("iid", 1);
  const Dataset data = labelled(400, 10);
  const Split without = split_dataset(manifest, data);
  manifest.data.validation_fraction = 0.1;
  const Split split = split_dataset(manifest, data);
  CHECK(split[0].test == without[0].test);
  REQUIRE(split[0].validation.size() == 30);
  std::vector<int> held(10);
  for (const auto sample : split[0].validation) ++held[std::size_t(sample % 10)];
  CHECK(held == std::vector<int>(10, 3));
  auto both = split[0].train;
  both.insert(both.end(), split[0].validation.begin(), split[0].validation.end());
  CHECK(std::ranges::is_sorted(split[0].train));
  std::ranges::sort(both);
  CHECK(both == without[0].train);
  manifest.data.validation_fraction = 0.001;
  CHECK(split_dataset(manifest, data)[0].validation.size() == 1);
  manifest.data.validation_fraction = 0.999;
  CHECK(split_dataset(manifest, labelled(1, 3))[0].validation.empty());  // its one sample is for the test
  manifest.data.test_fraction = 0;
  CHECK(split_dataset(manifest, labelled(1, 3))[0].train.size() == 1);  // the last one to train with stays
  CHECK(split_dataset(manifest, labelled(10, 3))[0].train.size() == 1);
}

TEST_CASE("training and test: unequal classes are tested in proportion, to within one") {
  Dataset data;
  data.classes = 3;
  data.labels = at::cat({at::zeros({61}, at::kLong), at::ones({30}, at::kLong), at::full({9}, 2, at::kLong)});
  const Split split = split_dataset(manifest_by("iid", 1), data);
  std::vector<int> tested(3);
  for (const auto sample : split[0].test) ++tested[std::size_t(data.labels[sample].item<std::int64_t>())];
  CHECK(tested[0] == 15);
  CHECK((tested[1] == 7 || tested[1] == 8));
  CHECK(tested[0] + tested[1] + tested[2] == 25);
}

TEST_CASE("training and test: keyed by client, whatever the others hold") {
  const Manifest manifest = manifest_by("iid", 3);
  Dataset data = labelled(100, 4);
  for (int i = 0; i < 100; ++i) data.users.push_back(i < 60 ? 0 : 1);
  const Split one = split_dataset(manifest, data);
  for (int i = 0; i < 20; ++i) data.users[std::size_t(i)] = 2;
  const Split other = split_dataset(manifest, data);
  CHECK(one[0].train != other[0].train);
  CHECK(one[1].train == other[1].train);
  CHECK(one[1].test == other[1].test);
}

TEST_CASE("dirichlet: every sample once, no client far beyond its even share, classes skewed with small alpha") {
  Manifest manifest = manifest_by("dirichlet", 16);
  const Dataset data = labelled(9600, 12);
  const auto largest_share = [&](double alpha) {  // mean over clients of the commonest class's part
    manifest.data.split.alpha = alpha;
    const Split split = split_dataset(manifest, data);
    CHECK(each_sample_once(split, 9600));
    double sum = 0;
    for (const ClientSamples& client : split) {
      std::vector<double> counts(12);
      for (const auto sample : client.train) counts[std::size_t(sample % 12)] += 1;
      sum += *std::ranges::max_element(counts) / std::max(1., double(client.train.size()));
    }
    for (const auto size : sizes(split)) CHECK(size < 600 + 800);  // below its share before the last class, which has 800
    return sum / 16;
  };
  const double skewed = largest_share(0.1), mild = largest_share(100);
  CHECK(skewed > 0.35);
  CHECK(mild < 0.2);
}

TEST_CASE("dirichlet: alpha so small that gamma variates underflow still gives each class to somebody") {
  Manifest manifest = manifest_by("dirichlet", 50);
  manifest.data.split.alpha = 1e-5;
  CHECK(each_sample_once(split_dataset(manifest, labelled(1000, 10)), 1000));
}

TEST_CASE("dirichlet: min_samples is met, as in the published study") {
  Manifest manifest = manifest_by("dirichlet", 64);
  manifest.data.split.alpha = GENERATE(0.1, 0.5);
  manifest.data.min_samples = 256;
  const Split split = split_dataset(manifest, labelled(60000, 100));
  CHECK(each_sample_once(split, 60000));
  CHECK(std::ranges::min(sizes(split)) >= 256);
}

TEST_CASE("min_samples that cannot be met says why") {
  Manifest manifest = manifest_by("dirichlet", 10000);
  manifest.data.min_samples = 256;
  const Error error = failure_of([&] { split_dataset(manifest, labelled(60000, 10)); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring("min_samples = 256 x 10,000 clients needs 2,560,000 samples, there are 60,000"));
  manifest.data.split.by = "iid";
  CHECK(failure_of([&] { split_dataset(manifest, labelled(60000, 10)); }).status == Exit::data);
  manifest.data.min_samples = 6;
  CHECK(each_sample_once(split_dataset(manifest, labelled(60000, 10)), 60000));
}

TEST_CASE("10,000 clients: a Dirichlet split, or the reason why there is none, in seconds") {
  Manifest manifest = manifest_by("dirichlet", 10000);
  const Dataset data = labelled(60000, 100);
  const auto start = std::chrono::steady_clock::now();
  CHECK(each_sample_once(split_dataset(manifest, data), 60000));
  manifest.data.min_samples = 6;
  const Error error = failure_of([&] { split_dataset(manifest, data); });
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring("no split with min_samples = 6 found in 20 draws, the best had a smallest client of"));
  CHECK_THAT(error.more, ContainsSubstring("hint: a smaller min_samples"));
  CHECK(taken.count() < 60);
}
