// configs/paper: every variant of every study composes, and Table 2 sends and stores what was published (P0 of specs.md, section
// 1).
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <set>

#include "core/compose/costs.hpp"
#include "core/manifest/study.hpp"
#include "core/manifest/study_file.hpp"

using namespace graft::core;
namespace fs = std::filesystem;

namespace {

const fs::path kPaper = fs::path(GRAFT_SOURCES) / "configs/paper";

std::set<std::string> studies() {
  std::set<std::string> found;
  for (const auto& file : fs::directory_iterator(kPaper)) {
    if (file.path().extension() == ".toml" && read_study_file(file.path(), {}).variants) found.insert(file.path().filename());
  }
  return found;
}

struct Sizes {
  std::int64_t up, stored;  // scalars
};

Sizes sizes_of(const Variant& variant) {
  const auto model = compose(variant.manifest, 1000);
  const auto& catalog = model.catalog;
  Sizes sizes{catalog.shared, catalog.row + catalog.held + catalog.frozen};
  for (const auto& row : model.plan.keeps) sizes.stored += size_of(row, catalog);
  return sizes;
}

bool mi(std::int64_t scalars, double published) { return std::abs(double(scalars) / (1 << 20) - published) <= 0.005; }

}  // namespace

TEST_CASE("P0: every variant of the paper's studies composes") {
  const auto files = studies();
  REQUIRE(files.size() >= 14);
  for (const auto& file : files) {
    const auto study = read_study({kPaper / file}, {});
    INFO(file);
    CHECK(study.variants.size() >= 5);
    for (const auto& variant : study.variants) {
      INFO(variant.name);
      CHECK(sizes_of(variant).stored > 0);
    }
  }
}

TEST_CASE("P0: Table 2 sends and stores what was published") {
  const std::map<std::string, std::pair<double, double>> published = {
      // communication, storage
      {"FedAvg", {21.03, 21.03}},    {"Local", {0, 21.03}},       {"APFL", {21.03, 42.06}},   {"Per-FedAvg", {21.03, 21.03}},
      {"FedBN", {21.01, 21.03}},     {"FedBABU", {20.66, 21.03}}, {"FedRep", {20.66, 21.03}}, {"Vanilla Attention", {13.89, 21.03}},
      {"FedPerfix", {20.66, 24.42}},
  };
  for (const auto* file : {"table2-cifar100.toml", "table2-organamnist.toml", "table2-officehome.toml"}) {
    INFO(file);
    std::size_t seen = 0;
    for (const auto& variant : read_study({kPaper / file}, {}).variants) {
      const auto known = published.find(variant.name);
      if (known == published.end()) continue;
      INFO(variant.name);
      ++seen;
      const auto sizes = sizes_of(variant);
      CHECK(mi(sizes.up, known->second.first));
      CHECK(mi(sizes.stored, known->second.second));
    }
    CHECK(seen == published.size());
  }
}

TEST_CASE("the paper's protocol stands in the studies as published") {
  const auto study = read_study({kPaper / "table2-cifar100.toml"}, {});
  for (const auto& variant : study.variants) {
    INFO(variant.name);
    const auto& m = variant.manifest;
    CHECK((m.rounds == 50 && m.training.epochs == 10 && m.training.batch == 64 && m.data.clients == 64));
    CHECK(std::get<std::int64_t>(m.training.cohort) == 8);
    CHECK((m.training.optimizer.use == "sgd" && m.training.optimizer.momentum == 0 && m.training.optimizer.weight_decay == 0));
    CHECK(m.training.optimizer.lr == (variant.name == "Per-FedAvg" ? 0.001 : 0.01));
    CHECK(
        (m.data.split.by == "dirichlet" && m.data.split.alpha == 0.1 && m.data.min_samples == 256 && m.data.test_fraction == 0.25));
    CHECK((m.backbone.image_size == 224 && m.backbone.width == 384 && m.backbone.depth == 12 && m.backbone.weights.empty()));
    CHECK(m.evaluation.when == "after_merge");
  }
  const auto released = read_study({kPaper / "table2-cifar100-released.toml"}, {});
  for (const auto& variant : released.variants) {
    CHECK((variant.manifest.data.split.alpha == 0.5 && variant.manifest.evaluation.when == "before_merge"));
  }
  const auto homes = read_study({kPaper / "table2-officehome.toml"}, {});
  for (const auto& variant : homes.variants) {
    const auto& m = variant.manifest;
    CHECK((m.data.clients == 16 && std::get<std::int64_t>(m.training.cohort) == 4 && m.data.split.by == "domain"));
    CHECK((m.data.split.alpha == 1.0 && m.data.test_fraction == 0.15 && m.data.min_samples == 133));
  }
}
