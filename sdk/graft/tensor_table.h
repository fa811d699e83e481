/* The host's table of tensor functions: plain C, append-only. They are named and behave as in ATen, to the bit.
   One that fails returns NULL or non-zero, and graft_host.error() says why. */
#pragma once
#include <graft/version.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_tensor_s* graft_tensor; /* opaque; whoever received it owns it and drops it */

/* 0: another one */
enum graft_dtype {
  GRAFT_FLOAT32 = 1,
  GRAFT_FLOAT64,
  GRAFT_BFLOAT16,
  GRAFT_FLOAT16,
  GRAFT_INT64,
  GRAFT_INT32,
  GRAFT_UINT8,
  GRAFT_BOOL
};
enum graft_tag { GRAFT_NONE, GRAFT_INT, GRAFT_FLOAT, GRAFT_BOOLEAN, GRAFT_STRING, GRAFT_TENSOR, GRAFT_INTS, GRAFT_TENSORS };

typedef struct graft_arg { /* of an operator called by name; count: of the two arrays; this struct and the next one never change */
  int32_t tag;
  int64_t count;
  union {
    int64_t i;
    double d;
    const char* s;
    graft_tensor t;
    const int64_t* is;
    const graft_tensor* ts;
  } as;
} graft_arg;

typedef struct graft_number { /* tag: GRAFT_INT, GRAFT_FLOAT or GRAFT_BOOLEAN, which decides the result's dtype as in ATen */
  int32_t tag;
  union {
    int64_t i;
    double d;
  } as;
} graft_number;

typedef graft_tensor (*graft_unary)(graft_tensor);
typedef graft_tensor (*graft_binary)(graft_tensor, graft_tensor);
typedef graft_tensor (*graft_ternary)(graft_tensor, graft_tensor, graft_tensor);
typedef graft_tensor (*graft_scaled)(graft_tensor, graft_tensor, graft_number alpha);
typedef graft_tensor (*graft_scalar)(graft_tensor, graft_number);
typedef graft_tensor (*graft_reduce)(graft_tensor, int64_t dim, int32_t keepdim);
typedef graft_tensor (*graft_along)(graft_tensor, int64_t dim);
typedef graft_tensor (*graft_shape)(graft_tensor, const int64_t* sizes, size_t count);
typedef graft_tensor (*graft_join)(const graft_tensor*, size_t count, int64_t dim);

/* Functions ending in _ work in place and return their first argument. */
typedef struct graft_tensor_table {
  uint32_t size, version;
  graft_unary keep; /* one more owner */
  void (*drop)(graft_tensor);
  int64_t (*dim)(graft_tensor);
  const int64_t* (*sizes)(graft_tensor); /* dim() of them, valid while the tensor is and nothing is written to it */
  int32_t (*dtype)(graft_tensor);
  int32_t (*item)(graft_tensor, double* value); /* waits for the device: refused inside a step */
  graft_unary abs, neg, sign, exp, log, log1p, expm1, sqrt, rsqrt, reciprocal, square, sin, cos, tanh, sigmoid, relu, gelu, silu,
      floor, round, isfinite, logical_not, detach, clone, contiguous, zeros_like, ones_like;
  graft_scaled add, sub, add_, sub_;
  graft_binary mul, div, matmul, bmm, minimum, maximum, gt, ge, lt, le, eq, ne, logical_and, logical_or, mul_, div_, copy_;
  graft_scalar add_scalar, mul_scalar, div_scalar, pow_scalar, gt_scalar, ge_scalar, lt_scalar, le_scalar, eq_scalar, ne_scalar,
      add_scalar_, mul_scalar_, div_scalar_, fill_, full_like;
  graft_ternary lerp, where; /* lerp: start, end, weight; where: condition, then, otherwise */
  graft_tensor (*clamp)(graft_tensor, graft_number low, graft_number high);
  graft_tensor (*clamp_)(graft_tensor, graft_number low, graft_number high);
  graft_reduce sum, mean, amax, amin, argmax, logsumexp;
  graft_tensor (*norm)(graft_tensor, graft_number p, int64_t dim, int32_t keepdim);
  graft_unary sum_all, mean_all;
  graft_along softmax, log_softmax, cumsum, unsqueeze, squeeze;
  graft_shape view, reshape, expand, permute;
  graft_tensor (*narrow)(graft_tensor, int64_t dim, int64_t start, int64_t length);
  graft_tensor (*transpose)(graft_tensor, int64_t, int64_t);
  graft_tensor (*select)(graft_tensor, int64_t dim, int64_t index);
  graft_join cat, stack;
  /* over lanes: activations [K, ..., d], parameters [K, ...] or [1, ...] (held once, multiplied once) */
  graft_ternary linear; /* x, weight [K|1, out, in], bias [K|1, out] or NULL */
  graft_tensor (*layer_norm)(graft_tensor x, graft_tensor weight, graft_tensor bias, double eps);
  graft_tensor (*attention)(graft_tensor q, graft_tensor k, graft_tensor v, int64_t heads); /* each [K, B, T, d] */
  /* the way out: any operator by name, its first result. The host fills trailing defaults from its own schema; dtypes are Graft's
     numbers, devices are text. One that waits for the device is refused inside a step, also where another one calls it. */
  const void* (*find)(const char* name, const char* overload);
  graft_tensor (*call)(const void* op, const graft_arg*, size_t count);
} graft_tensor_table;

#ifdef __cplusplus
}
#endif
