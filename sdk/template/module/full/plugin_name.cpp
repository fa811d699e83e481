// Tokens, prefixes and a bottleneck in each block: parts of UniPELT, Mao et al., ACL 2022, without its gates. The injection points
// of a block are here, and say what they may do; those of a linear layer are in plugin_name_linear.cpp.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct PluginName : Module {
  int64_t token_count = 2;
  double dropout = 0;
  int64_t prefixes = 2;
  int64_t bottleneck = 4;
  double scale = 1;

  // Members are the options, their values the defaults. The host checks types and ranges before it sets any.
  void options(Options& o) override {
    o("tokens", token_count, "learned tokens in each block", 1, 10000);
    o("dropout", dropout, "of the tokens, in training only", 0, 0.99);
    o("prefixes", prefixes, "learned keys and values in each block; 0: none", 0, 10000);
    o("bottleneck", bottleneck, "hidden width behind each MLP; 0: none", 0, 65536);
    o("scale", scale, "of the bottleneck", -100, 100);
  }

  // Asked at each block and at each linear layer in it: names, shapes, initial values. site(i) is then the i-th of them, [K|1, …].
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    const int64_t d = site.in, h = bottleneck;
    std::vector<Declared> all = {{"tokens", {token_count, d}, normal(0.02)}};
    if (prefixes > 0) all.insert(all.end(), {{"keys", {prefixes, d}, normal(0.02)}, {"values", {prefixes, d}, normal(0.02)}});
    if (bottleneck > 0) {
      all.insert(all.end(), {{"down.weight", {h, d}, like_linear(d)},
                             {"down.bias", {h}, like_linear(d)},
                             {"up.weight", {d, h}, {}},  // zero, and it alone: were both, neither would ever learn
                             {"up.bias", {d}, {}}});
    }
    return all;
  }

  // Before a block: values [K|1, L, d] that are appended to its tokens, and dropped behind it (or with `stay` go on through the
  // rest).
  Tokens tokens(const Site& site) const override { return {.values = site(0), .stay = false, .dropout = dropout}; }

  // In the attention: z is its input, kv what qkv made of it, [K, B, T, d] each. Both may be changed, and may become longer.
  KeysValues keys_values(const Site& site, const Tensor& z, KeysValues kv) const override {
    if (prefixes == 0) return kv;
    return {cat({learned(site(1), z), kv.keys}, 2), cat({learned(site(2), z), kv.values}, 2)};
  }

  // Behind a block: x is its output, [K, B, T, d].
  Tensor after_mlp(const Site& site, const Tensor& x) const override {
    if (bottleneck == 0) return x;
    const size_t first = prefixes > 0 ? 3 : 1;  // behind tokens, keys, values
    const Tensor hidden = gelu(linear(x, site(first), site(first + 1)));
    return x.add(linear(hidden, site(first + 2), site(first + 3)), scale);
  }

 private:
  // [K|1, L, d] for every sample of z: [K, B, L, d]
  static Tensor learned(const Tensor& rows, const Tensor& z) {
    return over_batch(rows).expand({z.size(0), z.size(1), rows.size(1), rows.size(2)});
  }
};
}  // namespace

GRAFT_MODULE(PluginName, "plugin_name", "0.1.0", "tokens, prefixes and a bottleneck in each block")
