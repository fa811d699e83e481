// What a strategy's author writes: a Plan, which is a value, and where a value cannot say it, a hook of algebra on rows.
#pragma once
#include <graft/lanes.hpp>
#include <graft/plan.hpp>
#include <graft/plugin.hpp>

namespace graft {

class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual void options(Options&) {}
  virtual Plan plan() const = 0;  // pure: a function of the options
  // The hooks; one that is not overridden is the host's own. All are const and may run on several threads.
  virtual void step(Lanes&, const Batch&) const {}                  // default: descend along the gradient
  virtual void finish(Lanes&) const {}                              // after a client's last phase
  virtual Tensor upload(Lanes&) const { return {}; }                // [K, U]; default: the shared columns
  virtual Tensor next(Server&, const Tensor&) const { return {}; }  // [S] from the weighted mean [U]; default: the mean
  virtual Tensor predictor(Lanes&) const { return {}; }             // [K, P], the rows to score; default: the model
#if GRAFT_TARGET >= 101
  // [U] from all uploads [C, U] of a round at once, with their weights [C, 1], which sum to 1: memory grows with the cohort.
  // Default: the weighted mean, streamed.
  virtual Tensor merge(const Tensor& /*uploads*/, const Tensor& /*weights*/) const { return {}; }
  // [K, B, classes], in place of `predictor`: for what no single model says, such as a mean of logits.
  virtual Tensor predict(Lanes&, const Batch&) const { return {}; }
#endif
};

// The C face of strategy S. A hook counts as overridden where S, or a base between, declares it.
template <class S>
struct StrategyFace {
  using Made = Instance<S>;
  static const S& of(void* self) { return static_cast<Made*>(self)->plugin; }

  static const char* plan(void* self) {
    return static_cast<Made*>(self)->answer([&] { return to_json(of(self).plan()); });
  }
  static int32_t step(void* self, const graft_lanes* lanes, graft_batch batch) {
    return guarded([&] {
      Lanes l(lanes);
      of(self).step(l, Batch(lanes, batch));
    });
  }
  static int32_t finish(void* self, const graft_lanes* lanes) {
    return guarded([&] {
      Lanes l(lanes);
      of(self).finish(l);
    });
  }
  static int32_t upload(void* self, const graft_lanes* lanes, graft_tensor* out) {
    return guarded([&] {
      Lanes l(lanes);
      *out = give(of(self).upload(l));
    });
  }
  static int32_t next(void* self, const graft_server* server, graft_tensor mean, graft_tensor* out) {
    return guarded([&] {
      Server s(server);
      *out = give(of(self).next(s, borrow(mean)));
    });
  }
  static int32_t predictor(void* self, const graft_lanes* lanes, graft_tensor* out) {
    return guarded([&] {
      Lanes l(lanes);
      *out = give(of(self).predictor(l));
    });
  }
#if GRAFT_TARGET >= 101
  static int32_t merge(void* self, graft_tensor uploads, graft_tensor weights, graft_tensor* out) {
    return guarded([&] { *out = give(of(self).merge(borrow(uploads), borrow(weights))); });
  }
  static int32_t predict(void* self, const graft_lanes* lanes, graft_batch batch, graft_tensor* out) {
    return guarded([&] {
      Lanes l(lanes);
      *out = give(of(self).predict(l, Batch(lanes, batch)));
    });
  }
#endif

  static constexpr graft_strategy_hooks kHooks = {sizeof(graft_strategy_hooks),
                                                  plan,
                                                  given(&S::step, &Strategy::step, &step),
                                                  given(&S::finish, &Strategy::finish, &finish),
                                                  given(&S::upload, &Strategy::upload, &upload),
                                                  given(&S::next, &Strategy::next, &next),
                                                  given(&S::predictor, &Strategy::predictor, &predictor),
#if GRAFT_TARGET >= 101
                                                  given(&S::merge, &Strategy::merge, &merge),
                                                  given(&S::predict, &Strategy::predict, &predict)
#endif
  };
};

}  // namespace graft

// At file scope, once: GRAFT_STRATEGY(FedProx, "fedprox", "1.0.0", "FedAvg with a proximal term")
#define GRAFT_STRATEGY(Type, id, version, summary) \
  GRAFT_EXPORT(Type, "strategy", id, version, summary, &graft::StrategyFace<Type>::kHooks, nullptr)
