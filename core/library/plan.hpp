// A strategy's plan as the host reads it; see sdk/graft/strategy.hpp for what each member means.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace graft::core {

struct Phase {
  std::string trains = "*";                        // a selector
  std::int64_t epochs = -1, steps = 0, parts = 1;  // epochs -1: training.epochs
  double lr = -1, lr_scale = 1;                    // lr -1: the manifest's
  bool plain_sgd = false;
};

enum class Like { scalar, model, shared, personal };
enum class Start { zero, initial };

struct Kept {
  std::string name;
  Like like = Like::scalar;
  Start start = Start::zero;
  double value = 0;
  bool sent = false;
};

enum class Weighting { samples, equal, batches };

enum class Graph { none, random, ring, grid, exponential, full };
inline const std::vector<std::pair<std::string, Graph>> kGraphs = {
    {"none", Graph::none}, {"random", Graph::random},           {"ring", Graph::ring},
    {"grid", Graph::grid}, {"exponential", Graph::exponential}, {"full", Graph::full}};
struct Gossip {
  Graph graph = Graph::none;  // none: a server averages
  double neighbours = 0.1;    // random: a share of the clients
  bool metropolis = false;
};

struct Plan {
  std::string personal;  // a selector; "" is none
  std::vector<Phase> training, tuning, closing;
  Weighting weighting = Weighting::samples;
  std::vector<Kept> keeps, serves;
  std::vector<std::string> modules;
  bool stateless = false;
  Gossip gossip;
  bool gossips() const { return gossip.graph != Graph::none; }
};

// From the JSON that a plugin returned. What this host does not know (a newer plugin's) or cannot read is exit 3, the plugin named.
Plan parse_plan(const std::string& plugin, const std::string& json);

}  // namespace graft::core
