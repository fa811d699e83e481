// The drawn source: its sizes and classes, owners, and that it is a function of the seed alone.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "core/data/figures.hpp"
#include "core/data/words.hpp"
#include "fixture.hpp"

using namespace graft::core;

namespace {

Manifest shapes(std::int64_t classes, std::int64_t clients, std::int64_t samples) {
  Manifest manifest = manifest_of("shapes");
  manifest.data.classes = classes;
  manifest.data.clients = clients;
  manifest.data.samples = samples;
  return manifest;
}

}  // namespace

TEST_CASE("shapes: sizes, classes and owners, the split follows the owners") {
  const Manifest manifest = shapes(5, 6, 40);
  const Dataset data = load_dataset(manifest, 24);
  CHECK(data.classes == 5);
  CHECK(data.images.sizes() == at::IntArrayRef({240, 3, 24, 24}));
  CHECK(data.labels.bincount().eq(48).all().item<bool>());
  REQUIRE(data.users.size() == 240);
  const Split split = split_dataset(manifest, data);
  REQUIRE(split.size() == 6);
  std::size_t samples = 0;
  for (std::size_t client = 0; client < split.size(); ++client) {
    samples += split[client].train.size() + split[client].test.size();
    for (const auto sample : split[client].train) CHECK(data.users[std::size_t(sample)] == std::int64_t(client));
    for (const auto sample : split[client].test) CHECK(data.users[std::size_t(sample)] == std::int64_t(client));
  }
  CHECK(samples == 240);
}

TEST_CASE("shapes: the same bits for any number of threads, other bits for another seed") {
  Manifest manifest = shapes(12, 4, 30);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Dataset one = load_dataset(manifest, 32);
  at::set_num_threads(2);
  const Dataset two = load_dataset(manifest, 32);
  at::set_num_threads(threads);
  CHECK(at::equal(one.images, two.images));
  CHECK(one.users == two.users);
  manifest.seed = 1;
  const Dataset other = load_dataset(manifest, 32);
  CHECK(!at::equal(one.images, other.images));
}

TEST_CASE("shapes: a picture is of its sample and owner, however many others there are") {
  Manifest few = shapes(12, 1, 20), many = shapes(12, 1, 40);
  CHECK(at::equal(load_dataset(few, 16).images, load_dataset(many, 16).images.narrow(0, 0, 20)));
}

TEST_CASE("shapes: clients see differently: their mean colours lie further apart than chance") {
  Manifest manifest = shapes(4, 12, 60);
  manifest.data.split.by = "iid";
  const Dataset data = load_dataset(manifest, 16);
  const at::Tensor means = data.images.to(at::kFloat).mean({2, 3});  // [N, 3]
  const at::Tensor owners = at::tensor(data.users, at::kLong);
  std::vector<at::Tensor> clients;
  for (int client = 0; client < 12; ++client)
    clients.push_back(means.index_select(0, owners.eq(client).nonzero().squeeze(1)).mean(0));
  const double between = at::stack(clients).std(0).mean().item<double>();
  const double by_chance = means.std(0).mean().item<double>() / std::sqrt(60.);
  CHECK(between > 2 * by_chance);
}

TEST_CASE("shapes: every class has a word of its own, and neither figure nor texture alone tells it") {
  for (const std::int64_t classes : {2, 12, 64, 65, 100, 1000, 5000}) {
    const Words words(classes);
    std::set<std::vector<int>> seen;
    for (std::int64_t label = 0; label < classes; ++label) {
      std::vector<int> word;
      for (const Letter& letter : words.of(label)) {
        CHECK((letter.figure < kFigures && letter.texture < kTextures));
        word.insert(word.end(), {letter.figure, letter.texture});
      }
      CHECK(word.size() == (classes <= 64 ? 2u : classes <= 4096 ? 4u : 6u));
      seen.insert(word);
    }
    CHECK(std::int64_t(seen.size()) == classes);
  }
  std::set<int> figures, textures;
  const Words dozen(12);
  for (int label = 0; label < 12; ++label) {
    figures.insert(dozen.of(label)[0].figure);
    textures.insert(dozen.of(label)[0].texture);
  }
  CHECK(figures.size() == 4);
  CHECK(textures.size() == 3);
}

TEST_CASE("shapes: drawn at any size from 8 up, with many classes") {
  for (const std::int64_t size : {8, 21, 64}) {
    const Dataset data = load_dataset(shapes(1000, 2, 500), size);
    CHECK(data.images.size(3) == size);
    CHECK(data.images.to(at::kFloat).std().item<double>() > 15);
    CHECK(data.labels.max().item<std::int64_t>() == 999);
  }
}

TEST_CASE("shapes: with a split file the pool is the clients' blocks, as many as the file has") {
  const Folder folder;
  Manifest manifest = shapes(3, 16, 10);
  manifest.data.split.by = "file";
  manifest.data.split.path =
      folder.write("split.json", R"({"clients": [{"train": [0, 1], "test": [2]}, {"train": [19, 18], "test": [11]}]})");
  const Dataset data = load_dataset(manifest, 8);
  REQUIRE(data.users.size() == 20);
  CHECK(data.users[9] == 0);
  CHECK(data.users[10] == 1);
  CHECK(split_dataset(manifest, data)[1].train == std::vector<std::int64_t>{19, 18});
}

TEST_CASE("figures: negative inside, distances true along an axis") {
  CHECK(figure_distance(2, {0, 0}) < 0);
  CHECK(std::abs(figure_distance(2, {1, 0}) - .24f) < 1e-6f);
  CHECK(figure_distance(4, {0, 0}) > 0);
  for (int figure = 0; figure < kFigures; ++figure) CHECK(figure_distance(figure, {1.2f, 1.2f}) > 0);
}
