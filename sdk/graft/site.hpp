// Where a module may sit in a backbone, and the tensors that it declares there.
#pragma once
#include <graft/ops.hpp>
#include <graft/selector.hpp>

#include <cmath>

namespace graft {

struct Init {
  enum Kind { zeros, constant, uniform, normal } kind = zeros;
  double value = 0;  // constant: the value; uniform: in [-value, value]; normal: its standard deviation
};
inline Init uniform(double bound) { return {Init::uniform, bound}; }
inline Init normal(double deviation) { return {Init::normal, deviation}; }
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
    return borrow(face_->declared[i]);
  }
  // Whether a selector names any tensor that the backbone itself has here: of this linear layer, or of this block. One that names
  // none of the backbone's tensors is the user's mistake: the host says so, with the place in the manifest.
  bool selected(const Selector& selector) const {
    const auto answer = face_->selected(face_, selector.text.c_str());
    if (answer < 0) throw Error(host()->error());
    return answer != 0;
  }
  const std::string name;  // "blocks.3", or a linear layer in it: "blocks.3.attn.qkv"
  const bool linear;
  const int64_t block, depth, in, out, tokens, heads, patch;  // in, out: widths; tokens: the class token counts

 private:
  const graft_site* face_;
};

inline std::string to_json(const Declared& d) {
  static const char* const kKinds[] = {"zeros", "constant", "uniform", "normal"};
  return "{\"name\":" + json::text(d.name) + ",\"shape\":" + json::list(d.shape, [](int64_t n) { return json::number(n); }) +
         ",\"init\":" + json::text(kKinds[d.init.kind]) + ",\"value\":" + json::number(d.init.value) + "}";
}

}  // namespace graft
