// A strategy's plan: what stays personal, what a client trains, how the average is weighted, what is kept. A value.
#pragma once
#include <graft/version.h>
#include <graft/selector.hpp>

#include <string>
#include <vector>

namespace graft {

inline constexpr int64_t manifest = -1;  // as the manifest says; 0 means none

struct Phase {
  Selector trains = all();
  int64_t epochs = manifest;
  int64_t steps = 0;     // above 0: so many, over as many epochs as it takes, and `epochs` does not count
  double lr = manifest;  // a rate of its own, outside the manifest's schedule
  double lr_scale = 1;
  int64_t parts = 1;       // batches that a step draws
  bool plain_sgd = false;  // no momentum, decay or adaption, whatever the manifest's optimizer
};

enum class Like { scalar, model, shared, personal };
enum class Start { zero, initial };  // initial: the model's own initial values
#if GRAFT_TARGET >= 101
enum class Weighting { samples, equal, batches };  // batches: of an epoch

// Without a server: before its turn a client mixes its shared part with its neighbours', as they were when the round began. What it
// then trains stays its own. `random` and `exponential` have arrows, of which metropolis makes edges; the others have edges.
enum class Graph { none, random, ring, grid, exponential, full };
struct Gossip {
  Graph graph = Graph::none;  // none: a server averages
  double neighbours = 0.1;    // random: a share of the clients, at least one of them; 0: nobody
  bool metropolis = false;    // weights 1 / (1 + larger degree), which keep the mean where all take part; else 1 / (degree + 1)
};
#else
enum class Weighting { samples, equal };
#endif

struct Kept {
  std::string name;
  Like like = Like::scalar;
  Start start = Start::zero;
  double value = 0;   // a scalar's start
  bool sent = false;  // an upload may derive from it
};

struct Plan {                            // every default together is FedAvg
  Selector personal = none();            // stays with its client
  std::vector<Phase> training{Phase{}};  // in order, each sampled client, each round
  Weighting weighting = Weighting::samples;
  std::vector<Phase> tuning{};          // the host's own step on a throw-away copy of the predictor, just before scoring
  std::vector<Phase> closing{};         // once, after the last round, every client: personal tensors only, and kept
  std::vector<Kept> keeps{}, serves{};  // rows a client owns; rows the server owns and sends along
  std::vector<std::string> modules{};   // inserted where the manifest lists none
#if GRAFT_TARGET >= 101
  bool stateless = false;  // each turn begins with the personal part's initial values; what it ends with is scored
  Gossip gossip{};
#endif
};

// Hosts refuse a key that they do not know. So what 1.1 added, the member above and its key below, stands under
// #if GRAFT_TARGET >= 101: a plugin built for hosts of 1.0 has neither.
inline std::string to_json(const Phase& p) {
  return "{\"trains\":" + json::text(p.trains.text) + ",\"epochs\":" + json::number(p.epochs) +
         ",\"steps\":" + json::number(p.steps) + ",\"lr\":" + json::number(p.lr) + ",\"lr_scale\":" + json::number(p.lr_scale) +
         ",\"parts\":" + json::number(p.parts) + ",\"plain_sgd\":" + (p.plain_sgd ? "true" : "false") + "}";
}

inline std::string to_json(const Kept& k) {
  static const char* const kLike[] = {"scalar", "model", "shared", "personal"};
  return "{\"name\":" + json::text(k.name) + ",\"like\":" + json::text(kLike[int(k.like)]) +
         ",\"start\":" + json::text(k.start == Start::zero ? "zero" : "initial") + ",\"value\":" + json::number(k.value) +
         ",\"sent\":" + (k.sent ? "true" : "false") + "}";
}

#if GRAFT_TARGET >= 101
inline std::string to_json(const Gossip& g) {
  static const char* const kGraph[] = {"none", "random", "ring", "grid", "exponential", "full"};
  return "{\"graph\":" + json::text(kGraph[int(g.graph)]) + ",\"neighbours\":" + json::number(g.neighbours) +
         ",\"metropolis\":" + (g.metropolis ? "true" : "false") + "}";
}
#endif

inline std::string to_json(const Plan& p) {
  static const char* const kWeighting[] = {"samples", "equal", "batches"};
  const auto phases = [](const std::vector<Phase>& all) { return json::list(all, [](const Phase& one) { return to_json(one); }); };
  const auto rows = [](const std::vector<Kept>& all) { return json::list(all, [](const Kept& one) { return to_json(one); }); };
  return "{\"personal\":" + json::text(p.personal.text) + ",\"training\":" + phases(p.training) +
         ",\"weighting\":" + json::text(kWeighting[int(p.weighting)]) + ",\"tuning\":" + phases(p.tuning) +
         ",\"closing\":" + phases(p.closing) + ",\"keeps\":" + rows(p.keeps) + ",\"serves\":" + rows(p.serves) +
         ",\"modules\":" + json::list(p.modules, json::text) +
#if GRAFT_TARGET >= 101
         ",\"stateless\":" + (p.stateless ? "true" : "false") + ",\"gossip\":" + to_json(p.gossip) +
#endif
         "}";
}

}  // namespace graft
