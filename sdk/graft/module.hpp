// What a module's author writes: tensors declared per site, and the injection points that use them.
#pragma once
#include <graft/plugin.hpp>

#include <cmath>

namespace graft {

struct Init {
  enum Kind { zeros, constant, uniform, normal } kind = zeros;
  double value = 0;  // constant: the value; uniform: in [-value, value]; normal: its standard deviation
};
inline Init uniform(double bound) { return {Init::uniform, bound}; }
inline Init like_linear(int64_t in) { return uniform(1 / std::sqrt(double(in))); }  // PyTorch's default for weight and bias

struct Declared {
  std::string name;  // in files: SITE.MODULE.name, as in blocks.3.prefix.down.weight
  Sizes shape;
  Init init;
};

class Site {  // a place in the backbone
 public:
  explicit Site(const graft_site* face)
      : name(face->name),
        linear(face->linear != 0),
        block(face->block),
        depth(face->depth),
        in(face->in),
        out(face->out),
        tokens(face->tokens),
        heads(face->heads),
        patch(face->patch),
        face_(face) {}
  // The i-th tensor that the module declared here: [K, …], or [1, …] where one serves all lanes.
  Tensor operator()(size_t i) const {
    if (!face_->declared || i >= face_->count) throw Error(name + " has no tensor " + std::to_string(i) + " of this module");
    return Tensor(table().keep(face_->declared[i]));
  }
  const std::string name;  // "blocks.3", or a linear layer in it: "blocks.3.attn.qkv"
  const bool linear;
  const int64_t block, depth, in, out, tokens, heads, patch;  // in, out: widths; tokens: the class token counts

 private:
  const graft_site* face_;
};

struct KeysValues {
  Tensor keys, values;
};  // [K, B, T, d]

class Module {
 public:
  virtual ~Module() = default;
  virtual void options(Options&) {}
  virtual std::vector<Declared> tensors(const Site&) const = 0;  // asked at each block and each linear layer; none: not there
  virtual Tensor tokens(const Site&) const { return {}; }        // [K|1, L, d]: appended before the block, dropped after it
  virtual KeysValues keys_values(const Site&, const Tensor&, KeysValues kv) const { return kv; }  // from the attention's input z
  virtual Tensor after_mlp(const Site&, const Tensor& x) const { return x; }                      // [K, B, T, d]
  virtual Tensor after_linear(const Site&, const Tensor&, const Tensor& y) const { return y; }    // y: the layer's own output
};

inline std::string to_json(const Declared& d) {
  static const char* const kKinds[] = {"zeros", "constant", "uniform", "normal"};
  return "{\"name\":" + json::text(d.name) + ",\"shape\":" + json::list(d.shape, [](int64_t n) { return json::number(n); }) +
         ",\"init\":" + json::text(kKinds[d.init.kind]) + ",\"value\":" + json::number(d.init.value) + "}";
}

// The C face of module M.
template <class M>
struct ModuleFace {
  using Made = Instance<M>;
  static const M& of(void* self) { return static_cast<Made*>(self)->plugin; }
  static Tensor borrowed(graft_tensor t) { return Tensor(table().keep(t)); }

  static const char* tensors(void* self, const graft_site* site) {
    return static_cast<Made*>(self)->answer(
        [&] { return json::list(of(self).tensors(Site(site)), [](const Declared& d) { return to_json(d); }); });
  }
  static int32_t tokens(void* self, const graft_site* site, graft_tensor* out) {
    return guarded([&] { *out = of(self).tokens(Site(site)).release(); });
  }
  static int32_t keys_values(void* self, const graft_site* site, graft_tensor z, graft_tensor* kv) {
    return guarded([&] {
      KeysValues made = of(self).keys_values(Site(site), borrowed(z), {borrowed(kv[0]), borrowed(kv[1])});
      kv[0] = made.keys.release();
      kv[1] = made.values.release();
    });
  }
  static int32_t after_mlp(void* self, const graft_site* site, graft_tensor x, graft_tensor* out) {
    return guarded([&] { *out = of(self).after_mlp(Site(site), borrowed(x)).release(); });
  }
  static int32_t after_linear(void* self, const graft_site* site, graft_tensor x, graft_tensor y, graft_tensor* out) {
    return guarded([&] { *out = of(self).after_linear(Site(site), borrowed(x), borrowed(y)).release(); });
  }
  static constexpr graft_module_hooks kHooks = {sizeof(graft_module_hooks),
                                                tensors,
                                                given(&M::tokens, &Module::tokens, &tokens),
                                                given(&M::keys_values, &Module::keys_values, &keys_values),
                                                given(&M::after_mlp, &Module::after_mlp, &after_mlp),
                                                given(&M::after_linear, &Module::after_linear, &after_linear)};
};

}  // namespace graft

// At file scope, once: GRAFT_MODULE(Prefix, "prefix", "1.0.0", "FedPerfix's generator of prefixes")
#define GRAFT_MODULE(Type, id, version, summary) \
  GRAFT_EXPORT(Type, "module", id, version, summary, nullptr, &graft::ModuleFace<Type>::kHooks)
