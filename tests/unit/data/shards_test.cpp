// Shards of sorted labels: sizes, few classes a client, determinism, too few samples.
#include <ATen/ATen.h>

#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "splitting.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

namespace {

std::size_t classes_in(const ClientSamples& client, const Dataset& data) {
  std::set<std::int64_t> classes;
  for (const auto sample : samples_of(client)) classes.insert(data.labels[sample].item<std::int64_t>());
  return classes.size();
}

}  // namespace

TEST_CASE("shards: every sample once, equal sizes, at most two classes a client where shards hold whole classes' parts") {
  Manifest manifest = manifest_by("shards", 50);
  const Dataset data = labelled(1000, 10);  // 100 shards of 10, ten a class
  const Split split = split_dataset(manifest, data);
  REQUIRE(split.size() == 50);
  CHECK(each_sample_once(split, 1000));
  CHECK(sizes(split) == std::vector<std::int64_t>(50, 20));
  std::size_t two = 0;
  for (const auto& client : split) {
    CHECK(classes_in(client, data) <= 2);
    two += classes_in(client, data) == 2;
  }
  CHECK(two > 30);  // dealt at random, not in order
  CHECK(same(split, split_dataset(manifest, data)));
  manifest.seed = 1;
  CHECK(!same(split, split_dataset(manifest, data)));
}

TEST_CASE("shards: where their number divides nothing, sizes differ by at most a sample a shard, and a shard spans two classes") {
  Manifest manifest = manifest_by("shards", 7);
  manifest.data.split.classes_per_client = 3;
  const Dataset data = labelled(1003, 10);  // 21 shards of 47 or 48, each class about 100
  const Split split = split_dataset(manifest, data);
  CHECK(each_sample_once(split, 1003));
  for (const auto size : sizes(split)) CHECK((size >= 3 * 47 && size <= 3 * 48));
  for (const auto& client : split) CHECK(classes_in(client, data) <= 6);
}

TEST_CASE("shards: the order inside a class is drawn") {
  const Split split = split_dataset(manifest_by("shards", 2), labelled(400, 1));
  const auto own = samples_of(split[0]);
  const auto low = std::count_if(own.begin(), own.end(), [](auto sample) { return sample < 200; });
  CHECK(low > 70);
  CHECK(low < 130);
}

TEST_CASE("shards: one sample a shard will do, fewer are exit 4") {
  CHECK(each_sample_once(split_dataset(manifest_by("shards", 6), labelled(12, 3)), 12));
  const Error error = failure_of([&] { split_dataset(manifest_by("shards", 6), labelled(11, 3)); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring("6 clients x 2 shards needs 12 samples, the source has 11"));
}

TEST_CASE("shards: the procedural source draws its pictures for their owners") {
  Manifest manifest = manifest_by("shards", 4);
  manifest.data.source = "shapes";
  manifest.data.classes = 8;
  manifest.data.samples = 16;
  const Dataset data = load_dataset(manifest, 4);
  const Split split = split_dataset(manifest, data);
  CHECK(each_sample_once(split, 64));
  for (const auto& client : split) CHECK(classes_in(client, data) <= 2);
}
