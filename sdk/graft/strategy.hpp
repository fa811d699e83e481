// What a strategy's author writes: a Plan, which is a value, and where a value cannot say it, a hook of algebra on rows.
#pragma once
#include <graft/lanes.hpp>
#include <graft/plugin.hpp>

namespace graft {

inline constexpr int64_t manifest = -1;  // as the manifest says; 0 means none

struct Phase {
  Selector trains = all();
  int64_t epochs = manifest;
  int64_t steps = 0;         // above 0: so many, over as many epochs as it takes, and `epochs` does not count
  double lr = manifest;      // a rate of its own, outside the manifest's schedule
  double lr_scale = 1;
  int64_t parts = 1;         // batches that a step draws
  bool plain_sgd = false;    // no momentum, decay or adaption, whatever the manifest's optimizer
};

enum class Like { scalar, model, shared, personal };
enum class Start { zero, initial };  // initial: the model's own initial values
enum class Weighting { samples, equal };

struct Kept {
  std::string name;
  Like like = Like::scalar;
  Start start = Start::zero;
  double value = 0;   // a scalar's start
  bool sent = false;  // an upload may derive from it
};

struct Plan {                                  // every default together is FedAvg
  Selector personal = none();                  // stays with its client
  std::vector<Phase> training{Phase{}};        // in order, each sampled client, each round
  Weighting weighting = Weighting::samples;
  std::vector<Phase> tuning{};                 // the host's own step on a throw-away copy of the predictor, just before scoring
  std::vector<Phase> closing{};                // once, after the last round, every client: personal tensors only, and kept
  std::vector<Kept> keeps{}, serves{};         // rows a client owns; rows the server owns and sends along
  std::vector<std::string> modules{};          // inserted where the manifest lists none
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual void options(Options&) {}
  virtual Plan plan() const = 0;  // pure: a function of the options
  // The hooks; one that is not overridden is the host's own. All are const and may run on several threads.
  virtual void step(Lanes&, const Batch&) const {}              // default: descend along the gradient
  virtual void finish(Lanes&) const {}                          // after a client's last phase
  virtual Tensor upload(Lanes&) const { return {}; }            // [K, U]; default: the shared columns
  virtual Tensor next(Server&, const Tensor&) const { return {}; }  // [S] from the weighted mean [U]; default: the mean
  virtual Tensor predictor(Lanes&) const { return {}; }         // [K, P], the rows to score; default: the model
};

inline std::string to_json(const Phase& p) {
  return "{\"trains\":" + json::text(p.trains.text) + ",\"epochs\":" + json::number(p.epochs) + ",\"steps\":" +
         json::number(p.steps) + ",\"lr\":" + json::number(p.lr) + ",\"lr_scale\":" + json::number(p.lr_scale) +
         ",\"parts\":" + json::number(p.parts) + ",\"plain_sgd\":" + (p.plain_sgd ? "true" : "false") + "}";
}

inline std::string to_json(const Kept& k) {
  static const char* const kLike[] = {"scalar", "model", "shared", "personal"};
  return "{\"name\":" + json::text(k.name) + ",\"like\":" + json::text(kLike[int(k.like)]) + ",\"start\":" +
         json::text(k.start == Start::zero ? "zero" : "initial") + ",\"value\":" + json::number(k.value) +
         ",\"sent\":" + (k.sent ? "true" : "false") + "}";
}

inline std::string to_json(const Plan& p) {
  const auto phases = [](const std::vector<Phase>& all) { return json::list(all, [](const Phase& one) { return to_json(one); }); };
  const auto rows = [](const std::vector<Kept>& all) { return json::list(all, [](const Kept& one) { return to_json(one); }); };
  return "{\"personal\":" + json::text(p.personal.text) + ",\"training\":" + phases(p.training) + ",\"weighting\":" +
         json::text(p.weighting == Weighting::samples ? "samples" : "equal") + ",\"tuning\":" + phases(p.tuning) +
         ",\"closing\":" + phases(p.closing) + ",\"keeps\":" + rows(p.keeps) + ",\"serves\":" + rows(p.serves) +
         ",\"modules\":" + json::list(p.modules, json::text) + "}";
}

// The C face of strategy S. A hook counts as overridden where S, or a base between, declares it.
template <class S>
struct StrategyFace {
  using Made = Instance<S>;
  static const S& of(void* self) { return static_cast<Made*>(self)->plugin; }

  static const char* plan(void* self) {
    return static_cast<Made*>(self)->answer([&] { return to_json(of(self).plan()); });
  }
  static int32_t step(void* self, const graft_lanes* lanes, graft_batch batch) {
    return guarded([&] { Lanes l(lanes); of(self).step(l, Batch(lanes, batch)); });
  }
  static int32_t finish(void* self, const graft_lanes* lanes) {
    return guarded([&] { Lanes l(lanes); of(self).finish(l); });
  }
  static int32_t upload(void* self, const graft_lanes* lanes, graft_tensor* out) {
    return guarded([&] { Lanes l(lanes); *out = of(self).upload(l).release(); });
  }
  static int32_t next(void* self, const graft_server* server, graft_tensor mean, graft_tensor* out) {
    return guarded([&] { Server s(server); *out = of(self).next(s, Tensor(table().keep(mean))).release(); });
  }
  static int32_t predictor(void* self, const graft_lanes* lanes, graft_tensor* out) {
    return guarded([&] { Lanes l(lanes); *out = of(self).predictor(l).release(); });
  }

  static constexpr graft_strategy_hooks kHooks = {sizeof(graft_strategy_hooks), plan,
      given(&S::step, &Strategy::step, &step), given(&S::finish, &Strategy::finish, &finish),
      given(&S::upload, &Strategy::upload, &upload), given(&S::next, &Strategy::next, &next),
      given(&S::predictor, &Strategy::predictor, &predictor)};
};

}  // namespace graft

// At file scope, once: GRAFT_STRATEGY(FedProx, "fedprox", "1.0.0", "FedAvg with a proximal term")
#define GRAFT_STRATEGY(Type, id, version, summary) \
  GRAFT_EXPORT(Type, "strategy", id, version, summary, &graft::StrategyFace<Type>::kHooks, nullptr)
