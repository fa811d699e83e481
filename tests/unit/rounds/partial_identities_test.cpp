// The exact identities of specs.md, 2.5, 2.7 to 2.9: a shared and a personal part, split by roles, trained together or in turn.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "core/compose/costs.hpp"
#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

const Set kNone = {"strategy.personal=[]"}, kAll = {"strategy.personal=\"*\""};

Model vit_small(const std::string& strategy) {
  const auto manifest = parse_manifest(
      "[data]\nsource = \"shapes\"\nclasses = 100\n[backbone]\npreset = \"vit_small_patch16_224\"\n[strategy]\nuse = \"" +
          strategy + "\"\n",
      "small.toml", ".", {});
  return compose(manifest, 100);
}

std::int64_t count_of(const Federation& federation, const Set& roles) {
  std::int64_t count = 0;
  for (const auto& entry : federation.model.catalog.entries) {
    if (std::find(roles.begin(), roles.end(), entry.spec.role) != roles.end()) count += entry.spec.count();
  }
  return count;
}

// The bytes that one client sends in a round, as the run's summary has them.
double sent(const std::string& strategy, const Set& settings = {}) {
  auto made = federation(strategy, settings);
  const at::NoGradGuard no_grad;
  RoundRecord record;
  record.cohort = {0, 1, 2, 3};
  train_cohort(made, record, false, nullptr, [](double) {});
  CHECK(record.download_bytes == record.upload_bytes);
  return record.upload_bytes / 4;
}

// 1/2 (u v - 1)^2 of one client, from u = 0.5 and v = 2.5.
toy::Problem product() {
  const auto loss = [](std::int64_t, const at::Tensor& row, std::int64_t) { return 0.5 * (row[0] * row[1] - 1).square(); };
  return {1, 1, 1, at::tensor({0.5, 2.5}, at::kDouble), loss};
}

}  // namespace

TEST_CASE("fedbn, 2.5 a: in ViT-S the normalization is 19,200 scalars, and all but these are sent", "[identity]") {
  const auto model = vit_small("fedbn");
  CHECK(model.catalog.row - model.catalog.shared == 19'200);
  CHECK(model.catalog.shared == 21'704'164 - 19'200);
  std::int64_t norms = 0;
  for (const auto& entry : model.catalog.entries) {
    CHECK((entry.where == Where::personal) == (entry.spec.role == "norm"));
    norms += entry.where == Where::personal;
  }
  CHECK(norms == 2 * 25);
  const auto nano = federation("fedbn");
  CHECK(sent("fedbn") == 8.0 * double(nano.model.catalog.row - count_of(nano, {"norm"})));
  CHECK(count_of(nano, {"norm"}) == 5 * 2 * 16);
}

TEST_CASE("fedbn, 2.5 b: after a round two clients differ in their norms, and in nothing else", "[identity]") {
  const auto end = ran("fedbn");
  for (const auto& entry : end.model.catalog.entries) {
    const bool same = at::equal(tensor(end, entry.spec.name, 0), tensor(end, entry.spec.name, 1));
    CHECK(same == (entry.spec.role != "norm"));
  }
}

TEST_CASE("fedbn, 2.5 c: an empty mask is fedavg; a selector that matches nothing is an error", "[identity]") {
  CHECK(same_bits(ran("fedsim", kThreeRounds + kHeavy + kNone), ran("fedavg", kThreeRounds + kHeavy)));
  for (const auto* strategy : {"fedsim", "fedalt", "fedavg_p", "scaffold_p", "fedapm", "robust", "dfedalt", "dfedsalt"}) {
    const auto refused = error_of([&] { federation(strategy, {"strategy.personal=\"bn\""}); });
    INFO(strategy << ": " << refused.what());
    CHECK(refused.status == Exit::usage);
    CHECK(std::string(refused.what()).find("bn") != std::string::npos);
  }
}

TEST_CASE("fedbn, fedper, attention: each is fedsim with its mask", "[identity]") {
  const auto same = [](const std::string& strategy, const std::string& mask) {
    return same_bits(ran(strategy, kThreeRounds + kHeavy), ran("fedsim", kThreeRounds + kHeavy + Set{"strategy.personal=" + mask}));
  };
  CHECK(same("fedbn", "\"norm\""));
  CHECK(same("fedper", "\"head\""));
  CHECK(same("attention", "[\"attn\", \"head\"]"));
}

TEST_CASE("fedrep, 2.7 a: joint is fedsim with the head personal, and fedper", "[identity]") {
  const auto joint = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.schedule=joint"});
  CHECK(same_bits(joint, ran("fedsim", kThreeRounds + kHeavy)));
  CHECK(same_bits(joint, ran("fedper", kThreeRounds + kHeavy)));
}

TEST_CASE("attention, 2.8: it sends all but attention and head", "[identity]") {
  const auto nano = federation("attention");
  CHECK(sent("attention") == 8.0 * double(nano.model.catalog.row - count_of(nano, {"attn", "head"})));
  const auto model = vit_small("attention");
  CHECK(model.catalog.shared == 21'704'164 - 7'096'320 - 38'500);
  CHECK(same_bits(ran("fedsim", kThreeRounds + kNone), ran("fedavg", kThreeRounds)));
  CHECK(same_bits(ran("fedsim", kThreeRounds + kAll), ran("local", kThreeRounds)));
}

TEST_CASE("fedsim and fedalt, 2.9 a: with nothing personal both are fedavg", "[identity]") {
  const auto fedavg = ran("fedavg", kThreeRounds + kHeavy);
  CHECK(same_bits(ran("fedsim", kThreeRounds + kHeavy + kNone), fedavg));
  CHECK(same_bits(ran("fedalt", kThreeRounds + kHeavy + kNone), fedavg));
}

TEST_CASE("fedsim and fedalt, 2.9 b: with everything personal both are local", "[identity]") {
  const auto local = ran("local", kThreeRounds + kHeavy);
  CHECK(same_bits(ran("fedsim", kThreeRounds + kHeavy + kAll), local));
  CHECK(same_bits(ran("fedalt", kThreeRounds + kHeavy + kAll), local));
  CHECK(sent("fedsim", kAll) + sent("fedalt", kAll) + sent("local") == 0);
}

TEST_CASE("fedsim and fedalt, 2.9 c: at a server's rate of 1 the shared part is the weighted mean", "[identity]") {
  const std::string strategy = GENERATE("fedsim", "fedalt");
  const std::string weighting = GENERATE("samples", "batches", "equal");
  auto made = federation(strategy, {"strategy.weighting=" + weighting});
  const std::vector<std::int64_t> cohort = {0, 1, 3};
  std::vector<double> weights;
  double total = 0;
  for (const auto client : cohort) {
    const auto samples = double(made.split[client].train.size());
    weights.push_back(weighting == "samples" ? samples : weighting == "batches" ? std::ceil(samples / 8) : 1);
    total += weights.back();
  }
  auto mean = at::zeros_like(made.server.shared[0]);
  for (std::size_t i = 0; i < 3; ++i) {
    auto one = federation(strategy, {"strategy.weighting=" + weighting});
    mean += turns_of(one, {cohort[i]}).mean(at::kDouble) * weights[i] / total;
  }
  merge(made, turns_of(made, cohort));
  CHECK(gap(made.server.shared[0], mean) < kExact);
}

// fedsim: g = uv - 1 = 0.25 at (0.5, 2.5): v = 2.5 - 0.1 * 0.25 * 0.5 = 2.4875, u = 0.5 - 0.1 * 0.25 * 2.5 = 0.4375.
// fedalt: v first, as above; then g = 0.5 * 2.4875 - 1 = 0.24375: u = 0.5 - 0.1 * 0.24375 * 2.4875 = 0.4393671875.
TEST_CASE("fedalt, 2.9 d: on 1/2 (uv - 1)^2 the shared phase sees the new personal part, fedsim does not", "[identity]") {
  Game fedsim("fedsim", {}, product()), fedalt("fedalt", {}, product());
  fedsim.play({0});
  fedalt.play({0});
  CHECK(std::abs(fedsim.own(0)[0].item<double>() - 2.4875) < kExact);
  CHECK(std::abs(fedalt.own(0)[0].item<double>() - 2.4875) < kExact);
  CHECK(std::abs(fedsim.shared()[0].item<double>() - 0.4375) < kExact);
  CHECK(std::abs(fedalt.shared()[0].item<double>() - 0.4393671875) < kExact);
}

TEST_CASE("fedalt, 2.9 e: on a(u) + b(v) it agrees with fedsim", "[identity]") {
  toy::Quadratics functions(3, 5);
  for (auto& a : functions.a) {  // no term of both
    a.slice(0, 0, 3).slice(1, 3).zero_();
    a.slice(0, 3).slice(1, 0, 3).zero_();
  }
  Game fedsim("fedsim", {}, functions.problem(2), 4), fedalt("fedalt", {}, functions.problem(2), 4);
  fedsim.play_rounds(3);
  fedalt.play_rounds(3);
  CHECK(gap(fedsim.shared(), fedalt.shared()) < kExact);
  for (std::int64_t i = 0; i < 3; ++i) CHECK(gap(fedsim.own(i), fedalt.own(i)) < kExact);
}
