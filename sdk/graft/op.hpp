// Any operator by name: what the tensor table has no entry for.
#pragma once
#include <graft/tensor.hpp>

#include <array>

namespace graft {

// An argument of an operator called by name. What it is made from must outlive the call.
struct Argument : graft_arg {
  Argument() : graft_arg{} {}  // none
  Argument(const Argument&) = delete;
  Argument(const Tensor& t) : Argument(t.defined() ? GRAFT_TENSOR : GRAFT_NONE) { as.t = lend(t); }
  Argument(const Scalar& s) : Argument(number_of(s)) {}
  Argument(Dtype d) : Argument(Scalar(number_of(d))) {}
  Argument(const char* s) : Argument(GRAFT_STRING) { as.s = s; }
  Argument(const Sizes& s) : Argument(GRAFT_INTS, s.size()) { as.is = s.data(); }
  Argument(const std::vector<Tensor>& all) : Argument(GRAFT_TENSORS, all.size()) {  // undefined ones count as none
    for (const auto& one : all) handles_.push_back(lend(one));
    as.ts = handles_.data();
  }

 private:
  Argument(graft_tag given, size_t length = 0) : graft_arg{given, int64_t(length), {}} {}
  Argument(graft_number n) : Argument(graft_tag(n.tag)) {
    if (tag == GRAFT_FLOAT) as.d = n.as.d;
    if (tag != GRAFT_FLOAT) as.i = n.as.i;
  }
  std::vector<graft_tensor> handles_;
};

// Op("aten::layer_norm")(x, shape), Op("aten::add.Scalar")(x, 2): the operator's first result. Looked up once: keep it in a static.
class Op {
 public:
  explicit Op(const char* name, const char* overload = "") : op_(table().find(name, overload)) {
    if (!op_) throw Error(host()->error());
  }
  template <class... A>
  Tensor operator()(const A&... arguments) const {
    const std::array<Argument, sizeof...(A)> given{Argument(arguments)...};
    const std::vector<graft_arg> plain(given.begin(), given.end());
    return adopt(table().call(op_, plain.data(), plain.size()));
  }

 private:
  const void* op_;
};

}  // namespace graft
