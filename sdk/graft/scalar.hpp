// Numbers beside tensors.
#pragma once
#include <graft/tensor_table.h>

#include <type_traits>

namespace graft {

// Whole, floating or a truth value, which decides the result's dtype as in ATen.
struct Scalar : graft_number {
  template <class Number>
  requires std::is_arithmetic_v<Number> Scalar(Number value) : graft_number{} {
    tag = std::is_same_v<Number, bool> ? GRAFT_BOOLEAN : std::is_integral_v<Number> ? GRAFT_INT : GRAFT_FLOAT;
    if constexpr (std::is_integral_v<Number>) {
      as.i = int64_t(value);
    } else {
      as.d = double(value);
    }
  }
  Scalar operator-() const { return tag == GRAFT_FLOAT ? Scalar(-as.d) : Scalar(-as.i); }
};

}  // namespace graft
