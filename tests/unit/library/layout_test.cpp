// What crosses, as SDK 1.1 has it: every member's name, order, type and place. Plugins that are out there count on each, so that a
// change by accident does not build. What 1.2 appends stands behind these.
#include <graft/abi.h>

#include <cstddef>

namespace {

using T = graft_tensor;
template <class Type>
constexpr Type* null = nullptr;  // null<T(T)>: a function's

// An initializer out of order, or of another type, does not compile; the last one's place says that nothing came between.
constexpr graft_arg kArg{.tag = 0, .count = 0, .as = {.i = 0}};
static_assert(kArg.tag == GRAFT_NONE && sizeof(graft_arg) == 24 && offsetof(graft_arg, count) == 8 &&
              offsetof(graft_arg, as) == 16);
constexpr graft_number kNumber{.tag = 0, .as = {.i = 0}};
static_assert(kNumber.tag == GRAFT_NONE && sizeof(graft_number) == 16 && offsetof(graft_number, as) == 8);
static_assert([] {
  const auto [arg_tag, arg_count, arg_as] = kArg;  // these two, which begin with no size, never grow
  const auto [number_tag, number_as] = kNumber;
  return arg_tag == number_tag && arg_count == arg_as.i && number_as.i == 0;
}());
static_assert(GRAFT_FLOAT32 == 1 && GRAFT_FLOAT64 == 2 && GRAFT_BFLOAT16 == 3 && GRAFT_FLOAT16 == 4);
static_assert(GRAFT_INT64 == 5 && GRAFT_INT32 == 6 && GRAFT_UINT8 == 7 && GRAFT_BOOL == 8);
static_assert(GRAFT_INT == 1 && GRAFT_FLOAT == 2 && GRAFT_BOOLEAN == 3 && GRAFT_STRING == 4);
static_assert(GRAFT_TENSOR == 5 && GRAFT_INTS == 6 && GRAFT_TENSORS == 7);

constexpr auto kUnary = null<T(T)>;
constexpr auto kBinary = null<T(T, T)>;
constexpr auto kTernary = null<T(T, T, T)>;
constexpr auto kScaled = null<T(T, T, graft_number)>;
constexpr auto kScalar = null<T(T, graft_number)>;
constexpr auto kClamp = null<T(T, graft_number, graft_number)>;
constexpr auto kReduce = null<T(T, int64_t, int32_t)>;
constexpr auto kAlong = null<T(T, int64_t)>;
constexpr auto kShape = null<T(T, const int64_t*, size_t)>;
constexpr auto kJoin = null<T(const T*, size_t, int64_t)>;

constexpr graft_tensor_table kTable{
    .size = 0,
    .version = 0,
    .keep = kUnary,
    .drop = null<void(T)>,
    .dim = null<int64_t(T)>,
    .sizes = null<const int64_t*(T)>,
    .dtype = null<int32_t(T)>,
    .item = null<int32_t(T, double*)>,
    .abs = kUnary,
    .neg = kUnary,
    .sign = kUnary,
    .exp = kUnary,
    .log = kUnary,
    .log1p = kUnary,
    .expm1 = kUnary,
    .sqrt = kUnary,
    .rsqrt = kUnary,
    .reciprocal = kUnary,
    .square = kUnary,
    .sin = kUnary,
    .cos = kUnary,
    .tanh = kUnary,
    .sigmoid = kUnary,
    .relu = kUnary,
    .gelu = kUnary,
    .silu = kUnary,
    .floor = kUnary,
    .round = kUnary,
    .isfinite = kUnary,
    .logical_not = kUnary,
    .detach = kUnary,
    .clone = kUnary,
    .contiguous = kUnary,
    .zeros_like = kUnary,
    .ones_like = kUnary,
    .add = kScaled,
    .sub = kScaled,
    .add_ = kScaled,
    .sub_ = kScaled,
    .mul = kBinary,
    .div = kBinary,
    .matmul = kBinary,
    .bmm = kBinary,
    .minimum = kBinary,
    .maximum = kBinary,
    .gt = kBinary,
    .ge = kBinary,
    .lt = kBinary,
    .le = kBinary,
    .eq = kBinary,
    .ne = kBinary,
    .logical_and = kBinary,
    .logical_or = kBinary,
    .mul_ = kBinary,
    .div_ = kBinary,
    .copy_ = kBinary,
    .add_scalar = kScalar,
    .mul_scalar = kScalar,
    .div_scalar = kScalar,
    .pow_scalar = kScalar,
    .gt_scalar = kScalar,
    .ge_scalar = kScalar,
    .lt_scalar = kScalar,
    .le_scalar = kScalar,
    .eq_scalar = kScalar,
    .ne_scalar = kScalar,
    .add_scalar_ = kScalar,
    .mul_scalar_ = kScalar,
    .div_scalar_ = kScalar,
    .fill_ = kScalar,
    .full_like = kScalar,
    .lerp = kTernary,
    .where = kTernary,
    .clamp = kClamp,
    .clamp_ = kClamp,
    .sum = kReduce,
    .mean = kReduce,
    .amax = kReduce,
    .amin = kReduce,
    .argmax = kReduce,
    .logsumexp = kReduce,
    .norm = null<T(T, graft_number, int64_t, int32_t)>,
    .sum_all = kUnary,
    .mean_all = kUnary,
    .softmax = kAlong,
    .log_softmax = kAlong,
    .cumsum = kAlong,
    .unsqueeze = kAlong,
    .squeeze = kAlong,
    .view = kShape,
    .reshape = kShape,
    .expand = kShape,
    .permute = kShape,
    .narrow = null<T(T, int64_t, int64_t, int64_t)>,
    .transpose = null<T(T, int64_t, int64_t)>,
    .select = null<T(T, int64_t, int64_t)>,
    .cat = kJoin,
    .stack = kJoin,
    .linear = kTernary,
    .layer_norm = null<T(T, T, T, double)>,
    .attention = null<T(T, T, T, int64_t)>,
    .find = null<const void*(const char*, const char*)>,
    .call = null<T(const void*, const graft_arg*, size_t)>,
};
static_assert(kTable.size == 0 && offsetof(graft_tensor_table, keep) == 8 && offsetof(graft_tensor_table, call) == 808);

constexpr graft_host kHost{.size = 0,
                           .tensors = null<const graft_tensor_table>,
                           .error = null<const char*()>,
                           .fail = null<void(const char*)>,
                           .log = null<void(int32_t, const char*)>};
static_assert(kHost.size == 0 && offsetof(graft_host, log) == 32);

constexpr graft_lanes kLanes{.size = 0,
                             .self = null<void>,
                             .rows = null<T(void*, const char*)>,
                             .received = null<T(void*, const char*)>,
                             .shared = null<T(void*, T)>,
                             .personal = null<T(void*, T)>,
                             .gradient = null<T(void*, T, graft_batch)>,
                             .loss = null<T(void*, T, graft_batch)>,
                             .descend = null<int32_t(void*, const char*, T)>,
                             .lr = null<double(void*)>,
                             .steps = null<T(void*)>,
                             .part = null<graft_batch(void*, graft_batch, int64_t)>,
                             // 1.1
                             .stored = null<T(void*, const char*)>,
                             .logits = null<T(void*, T, graft_batch)>,
                             .slope = null<T(void*, T, graft_batch)>,
                             .pullback = null<T(void*, T, graft_batch, T)>,
                             .step = null<int64_t(void*)>};
static_assert(kLanes.size == 0 && offsetof(graft_lanes, part) == 88 && offsetof(graft_lanes, step) == 128);

constexpr graft_server kServer{.size = 0,
                               .self = null<void>,
                               .shared = null<T(void*)>,
                               .served = null<T(void*, const char*)>,
                               .participation = null<double(void*)>};
static_assert(kServer.size == 0 && offsetof(graft_server, participation) == 32);

constexpr graft_site kSite{.size = 0,
                           .name = null<const char>,
                           .linear = 0,
                           .block = 0,
                           .depth = 0,
                           .in = 0,
                           .out = 0,
                           .tokens = 0,
                           .heads = 0,
                           .patch = 0,
                           .declared = null<const T>,
                           .count = 0,
                           .host = null<const void>,
                           .selected = null<int32_t(const graft_site*, const char*)>};
static_assert(kSite.size == 0 && offsetof(graft_site, block) == 24 && offsetof(graft_site, selected) == 104);

constexpr graft_tokens kTokens{.size = 0, .values = null<graft_tensor_s>, .stay = 0, .dropout = 0};
static_assert(kTokens.size == 0 && offsetof(graft_tokens, stay) == 16 && offsetof(graft_tokens, dropout) == 24);

using Lanes = const graft_lanes*;
constexpr graft_strategy_hooks kStrategy{.size = 0,
                                         .plan = null<const char*(void*)>,
                                         .step = null<int32_t(void*, Lanes, graft_batch)>,
                                         .finish = null<int32_t(void*, Lanes)>,
                                         .upload = null<int32_t(void*, Lanes, T*)>,
                                         .next = null<int32_t(void*, const graft_server*, T, T*)>,
                                         .predictor = null<int32_t(void*, Lanes, T*)>,
                                         // 1.1
                                         .merge = null<int32_t(void*, T, T, T*)>,
                                         .predict = null<int32_t(void*, Lanes, graft_batch, T*)>};
static_assert(kStrategy.size == 0 && offsetof(graft_strategy_hooks, predictor) == 48);
static_assert(offsetof(graft_strategy_hooks, predict) == 64);

using Site = const graft_site*;
constexpr graft_module_hooks kModule{.size = 0,
                                     .tensors = null<const char*(void*, Site)>,
                                     .tokens = null<int32_t(void*, Site, graft_tokens*)>,
                                     .keys_values = null<int32_t(void*, Site, T, T*)>,
                                     .after_mlp = null<int32_t(void*, Site, T, T*)>,
                                     .after_linear = null<int32_t(void*, Site, T, T, T*)>,
                                     .merged = null<int32_t(void*, Site, T, T*)>};
static_assert(kModule.size == 0 && offsetof(graft_module_hooks, merged) == 48);

constexpr graft_descriptor kDescriptor{.size = 0,
                                       .target = 0,
                                       .kind = null<const char>,
                                       .id = null<const char>,
                                       .version = null<const char>,
                                       .summary = null<const char>,
                                       .start = null<int32_t(const graft_host*)>,
                                       .create = null<void*()>,
                                       .destroy = null<void(void*)>,
                                       .options = null<const char*(void*)>,
                                       .set = null<int32_t(void*, const char*, const graft_arg*)>,
                                       .strategy = null<const graft_strategy_hooks>,
                                       .module = null<const graft_module_hooks>,
                                       .built = null<const char>};
static_assert(kDescriptor.size == 0 && offsetof(graft_descriptor, kind) == 8 && offsetof(graft_descriptor, built) == 96);

}  // namespace
