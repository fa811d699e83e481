// P0 of specs.md, section 1: the published storage and communication columns, from ViT-S/16 at 224 with 1000 classes, in 2^20
// scalars.
#include "core/compose/costs.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>

using namespace graft::core;

namespace {

Costs costs(const std::string& strategy, const std::string& classes = "1000", const std::string& more = "") {
  const auto manifest =
      parse_manifest("[data]\nsource = \"shapes\"\nclasses = " + classes +
                         "\n[backbone]\npreset = \"vit_small_patch16_224\"\n[strategy]\nuse = \"" + strategy + "\"\n" + more,
                     "p0.toml", ".", {});
  return costs_of(manifest, compose(manifest, std::stoll(classes)));
}

bool mi(std::int64_t scalars, double published) { return std::abs(double(scalars) / (1 << 20) - published) <= 0.005; }

}  // namespace

TEST_CASE("P0: published storage and communication") {
  CHECK(mi(costs("fedavg").stored, 21.03));
  CHECK(mi(costs("fedavg").upload, 21.03));
  CHECK(mi(costs("local").stored, 21.03));
  CHECK(costs("local").upload == 0);
  CHECK(mi(costs("apfl").stored, 42.06));
  CHECK(mi(costs("apfl").upload, 21.03));
  CHECK(mi(costs("perfedavg").stored, 21.03));
  CHECK(mi(costs("perfedavg").upload, 21.03));
  CHECK(mi(costs("fedbabu").stored, 21.03));
  CHECK(mi(costs("fedbabu").upload, 20.66));
  CHECK(mi(costs("fedrep").stored, 21.03));
  CHECK(mi(costs("fedrep").upload, 20.66));
  for (const auto* joint : {"fedper", "fedsim", "fedalt"}) CHECK(mi(costs(joint).upload, 20.66));
  CHECK(mi(costs("fedbn").stored, 21.03));
  CHECK(mi(costs("fedbn").upload, 21.01));
  CHECK(costs("fedbn").own == 19'200);
  CHECK(mi(costs("attention").stored, 21.03));
  CHECK(mi(costs("attention").upload, 13.89));
  CHECK(costs("attention").own == 7'096'320 + 385'000);
  CHECK(costs("dfedalt").own == costs("dfedalt").total);  // nobody else has a client's shared part
  CHECK(mi(costs("fedperfix").stored, 24.42));
  CHECK(mi(costs("fedperfix").upload, 20.66));
  CHECK(costs("fedavg").own == 0);
  CHECK(costs("fedperfix").own == 385'000 + 12 * 295'936);
  CHECK(costs("apfl").own == 22'050'664 + 1);
}

TEST_CASE("P0: counts of the 100-class model") {
  const auto plain = costs("fedavg", "100"), perfix = costs("fedperfix", "100");
  CHECK(plain.total == 21'704'164);
  CHECK(plain.by_role.at("head") == 38'500);
  CHECK(plain.by_role.at("norm") == 19'200);
  CHECK(plain.by_role.at("attn") == 7'096'320);
  CHECK(perfix.by_role.at("module") == 12 * 295'936);
  CHECK(perfix.upload == 21'665'664);
  CHECK(costs("fedperfix", "100", "last_blocks_personal = 1\n").upload == 19'891'200);
}

TEST_CASE("multiply-accumulates are those of a pass of all tokens through all blocks") {
  const double d = 384, t = 197, block = 12 * d * d * t + 2 * t * t * d;
  const double expected = 768 * d * 196 + 12 * block + d * 1000;
  CHECK(std::abs(double(costs("fedavg").forward_macs) / expected - 1) < 1e-9);
}
