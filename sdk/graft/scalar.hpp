// Numbers and types of numbers beside tensors.
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

inline graft_number number_of(Scalar s) { return s; }

// Named as ATen names them.
using Dtype = graft_dtype;
inline constexpr Dtype kFloat = GRAFT_FLOAT32, kDouble = GRAFT_FLOAT64, kBFloat16 = GRAFT_BFLOAT16, kHalf = GRAFT_FLOAT16,
                       kLong = GRAFT_INT64, kInt = GRAFT_INT32, kByte = GRAFT_UINT8, kBool = GRAFT_BOOL;
inline int64_t number_of(Dtype dtype) { return dtype; }

}  // namespace graft
