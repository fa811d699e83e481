// Prefix: what is added to keys and values, or stands beside them, made from the attention's input or learned. FedPerfix, ICCV
// 2023, section 3.3.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Prefix : Module {
  std::string mode = "additive";
  int64_t bottleneck = 256;
  int64_t length = 10;
  double scale = 1.5;
  std::string start = "random";
  int64_t last_blocks = 0;

  void options(Options& o) override {
    o("mode", mode, {"additive", "concat", "linear", "tokens"},
      "a generator, whose prefixes are added to keys and values (the authors' code) or stand beside them (the paper); one linear "
      "map, added; learned tokens, beside them");
    o("bottleneck", bottleneck, "hidden width; modes additive and concat", 1);
    o("tokens", length, "how many are learned in a block; mode tokens", 1);
    o("scale", scale, "of the prefix");
    o("start", start, {"random", "zero"}, "of what makes the prefix: the generator's last layer, the linear map, the tokens");
    o("last_blocks", last_blocks, "only in so many last blocks; 0: in all", 0);
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear || (last_blocks > 0 && site.block < site.depth - last_blocks)) return {};
    const int64_t d = site.in, h = bottleneck;
    const auto first = [&](Init random) { return start == "zero" ? Init{} : random; };
    if (mode == "tokens") return {{"keys", {length, d}, first(normal(0.02))}, {"values", {length, d}, first(normal(0.02))}};
    if (mode == "linear") {
      return {{"linear.weight", {2 * d, d}, first(like_linear(d))}, {"linear.bias", {2 * d}, first(like_linear(d))}};
    }
    return {{"down.weight", {h, d}, like_linear(d)},
            {"down.bias", {h}, like_linear(d)},
            {"up.weight", {2 * d, h}, first(like_linear(h))},
            {"up.bias", {2 * d}, first(like_linear(h))}};
  }

  KeysValues keys_values(const Site& site, const Tensor& z, KeysValues kv) const override {
    if (mode == "tokens") return beside(learned(site(0), z), learned(site(1), z), kv);
    const auto made = mode == "linear" ? linear(z, site(0), site(1)) : linear(tanh(linear(z, site(0), site(1))), site(2), site(3));
    const auto prefix = made.mul(scale).chunk(2, -1);  // keys first
    if (mode == "concat") return beside(prefix[0], prefix[1], kv);
    return {kv.keys + prefix[0], kv.values + prefix[1]};
  }

 private:
  // [K|1, L, d] for every sample of z: [K, B, L, d]
  Tensor learned(const Tensor& rows, const Tensor& z) const {
    return over_batch(rows.mul(scale)).expand({z.size(0), z.size(1), rows.size(1), rows.size(2)});
  }
  static KeysValues beside(const Tensor& keys, const Tensor& values, const KeysValues& kv) {
    return {cat({keys, kv.keys}, 2), cat({values, kv.values}, 2)};
  }
};
}  // namespace

GRAFT_MODULE(Prefix, "prefix", "1.0.0", "prefixes for keys and values, generated or learned")
