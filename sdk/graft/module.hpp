// What a module's author writes: the injection points that use the tensors declared at each site.
#pragma once
#include <graft/plugin.hpp>
#include <graft/site.hpp>

namespace graft {

struct Tokens {
  Tensor values;       // [K|1, L, d]
  bool stay = false;   // through all blocks from here on; else they are dropped behind this one
  double dropout = 0;  // below 1: the part of their elements that the host drops out, anew for each sample and step of training
};

struct KeysValues {
  Tensor keys, values;
};  // [K, B, T, d]; T may grow

class Module {
 public:
  virtual ~Module() = default;
  virtual void options(Options&) {}
  virtual std::vector<Declared> tensors(const Site&) const = 0;  // asked at each block and each linear layer; none: not there
  virtual Tokens tokens(const Site&) const { return {}; }        // appended before the block; the class token stays the first
  virtual KeysValues keys_values(const Site&, const Tensor&, KeysValues kv) const { return kv; }  // from the attention's input z
  virtual Tensor after_mlp(const Site&, const Tensor& x) const { return x; }                      // [K, B, T, d]
  virtual Tensor after_linear(const Site&, const Tensor&, const Tensor& y) const { return y; }    // y: the layer's own output
  // Of a module that acts by after_linear alone: the weight [K|1, out, in] that does without its tensors (`graft export --merge`).
  virtual Tensor merged(const Site&, const Tensor& weight) const { return weight; }
};

// The C face of module M.
template <class M>
struct ModuleFace {
  using Made = Instance<M>;
  static const M& of(void* self) { return static_cast<Made*>(self)->plugin; }

  static const char* tensors(void* self, const graft_site* site) {
    return static_cast<Made*>(self)->answer(
        [&] { return json::list(of(self).tensors(Site(site)), [](const Declared& d) { return to_json(d); }); });
  }
  static int32_t tokens(void* self, const graft_site* site, graft_tokens* out) {
    return guarded([&] {
      Tokens made = of(self).tokens(Site(site));
      out->values = give(made.values);
      out->stay = made.stay;
      out->dropout = made.dropout;
    });
  }
  static int32_t keys_values(void* self, const graft_site* site, graft_tensor z, graft_tensor* kv) {
    return guarded([&] {
      KeysValues made = of(self).keys_values(Site(site), borrow(z), {borrow(kv[0]), borrow(kv[1])});
      kv[0] = give(made.keys);
      kv[1] = give(made.values);
    });
  }
  static int32_t after_mlp(void* self, const graft_site* site, graft_tensor x, graft_tensor* out) {
    return guarded([&] { *out = give(of(self).after_mlp(Site(site), borrow(x))); });
  }
  static int32_t after_linear(void* self, const graft_site* site, graft_tensor x, graft_tensor y, graft_tensor* out) {
    return guarded([&] { *out = give(of(self).after_linear(Site(site), borrow(x), borrow(y))); });
  }
  static int32_t merged(void* self, const graft_site* site, graft_tensor weight, graft_tensor* out) {
    return guarded([&] { *out = give(of(self).merged(Site(site), borrow(weight))); });
  }
  static constexpr graft_module_hooks kHooks = {sizeof(graft_module_hooks),
                                                tensors,
                                                given(&M::tokens, &Module::tokens, &tokens),
                                                given(&M::keys_values, &Module::keys_values, &keys_values),
                                                given(&M::after_mlp, &Module::after_mlp, &after_mlp),
                                                given(&M::after_linear, &Module::after_linear, &after_linear),
                                                given(&M::merged, &Module::merged, &merged)};
};

}  // namespace graft

// At file scope, once: GRAFT_MODULE(Prefix, "prefix", "1.0.0", "FedPerfix's generator of prefixes")
#define GRAFT_MODULE(Type, id, version, summary) \
  GRAFT_EXPORT(Type, "module", id, version, summary, nullptr, &graft::ModuleFace<Type>::kHooks)
