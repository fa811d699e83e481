// Rows, faces and rounds of toy federations.
#include "tests/unit/rounds/toy_lanes.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <numeric>

#include "core/compose/selectors.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/gossip.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/server_step.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core::toy {

namespace {

struct Numbered {  // a batch
  std::int64_t index = 0;
  std::vector<Numbered> parts{};
};
Numbered& batch_of(graft_batch batch) { return *reinterpret_cast<Numbered*>(batch); }
graft_batch face_of(Numbered& batch) { return reinterpret_cast<graft_batch>(&batch); }

const std::vector<TensorSpec> kTensors = {{"body", {1}, "mlp", -1, "", {}}, {"head", {1}, "head", -1, "", {}}};

at::Tensor loss_of(const Problem& problem, std::int64_t client, const at::Tensor& row, std::int64_t batch) {
  if (!problem.logits) return problem.loss(client, row, batch);
  return at::cross_entropy_loss(problem.logits(client, row, batch), problem.labels(client, batch));
}

Manifest manifest_of(const std::string& strategy, const std::vector<std::string>& settings) {
  return parse_manifest(nano::manifest(strategy), "toy.toml", ".", settings);
}

}  // namespace

// Hooks see columns [first, last) of the rows: those of a phase, all P at rest, the shared ones for an upload.
class Game::Turn {
 public:
  const Game& game;
  std::vector<std::int64_t> clients;
  at::Tensor full, sent;      // [K, P], [1|K, S]
  NamedRows kept{}, begun{};  // [K, n] each; `begun`: of the store as the turn began, "" the personal columns
  std::int64_t first = 0, last = 0, steps = 0, step = 0;
  double lr = 0;

  std::int64_t shared_size() const { return game.model_.catalog.shared; }
  void see(std::int64_t from, std::int64_t to) { first = from, last = to; }

  Like like_of(const std::string& name) const {
    for (const auto* rows : {&game.model_.plan.keeps, &game.model_.plan.serves}) {
      for (const auto& row : *rows) {
        if (row.name == name) return row.like;
      }
    }
    return Like::model;
  }

  at::Tensor seen(const at::Tensor& whole, Like like) const {
    if (like == Like::scalar) return whole;
    const auto start = like == Like::personal ? shared_size() : 0, end = like == Like::shared ? shared_size() : full.size(1);
    const auto from = std::clamp(first, start, end), to = std::clamp(last, start, end);
    return whole.narrow(1, from - start, to - from);
  }

  at::Tensor rows(const std::string& name) const { return seen(name.empty() ? full : kept.at(name), like_of(name)); }
  at::Tensor received(const std::string& name) const {
    return name.empty() ? seen(sent, Like::shared) : seen(game.server_.served.at(name), like_of(name));
  }
  at::Tensor stored(const std::string& name) const { return seen(begun.at(name), name.empty() ? Like::personal : like_of(name)); }
  std::int64_t shared_columns() const { return std::clamp(shared_size(), first, last) - first; }

  // What `function` makes of each lane's whole row: its value, or its gradient in the columns that are seen.
  template <class Function>
  at::Tensor each(const at::Tensor& given, bool gradient, Function function) const {
    const at::AutoGradMode on(true);
    std::vector<at::Tensor> made;
    for (std::int64_t lane = 0; lane < std::int64_t(clients.size()); ++lane) {
      const auto leaf = given[given.size(0) == 1 ? 0 : lane].detach().requires_grad_(true);
      const auto row = at::cat({full[lane].narrow(0, 0, first), leaf, full[lane].narrow(0, last, full.size(1) - last)});
      const auto value = function(lane, row);
      made.push_back(gradient ? torch::autograd::grad({value}, {leaf})[0] : value.detach());
    }
    return at::stack(made);
  }
  at::Tensor losses(const at::Tensor& given, std::int64_t batch, bool gradient) const {
    return each(given, gradient,
                [&](std::int64_t lane, const at::Tensor& row) { return loss_of(game.problem_, clients[lane], row, batch); });
  }
  at::Tensor logits(const at::Tensor& given, std::int64_t batch) const {
    return each(given, false,
                [&](std::int64_t lane, const at::Tensor& row) { return game.problem_.logits(clients[lane], row, batch); });
  }
  at::Tensor pullback(const at::Tensor& given, std::int64_t batch, const at::Tensor& direction) const {
    return each(given, true, [&](std::int64_t lane, const at::Tensor& row) {
      return (game.problem_.logits(clients[lane], row, batch) * direction[lane]).sum();
    });
  }
  at::Tensor slope(const at::Tensor& logits, std::int64_t batch) const {
    const at::AutoGradMode on(true);
    const auto leaf = logits.detach().requires_grad_(true);
    auto sum = at::zeros({}, logits.options());
    for (std::int64_t lane = 0; lane < logits.size(0); ++lane) {
      sum = sum + at::cross_entropy_loss(leaf[lane], game.problem_.labels(clients[lane], batch));
    }
    return torch::autograd::grad({sum}, {leaf})[0];
  }

  graft_lanes face();
};

graft_lanes Game::Turn::face() {
  static const auto of = [](void* self) -> Turn& { return *static_cast<Turn*>(self); };
  graft_lanes face = {};
  face.size = sizeof face;
  face.self = this;
  face.rows = [](void* self, const char* name) { return answer("rows", [&] { return of(self).rows(name); }); };
  face.received = [](void* self, const char* name) { return answer("received", [&] { return of(self).received(name).clone(); }); };
  face.stored = [](void* self, const char* name) { return answer("stored", [&] { return of(self).stored(name).clone(); }); };
  face.shared = [](void* self, graft_tensor rows) {
    return answer("shared", [&] { return of_handle(rows).narrow(1, 0, of(self).shared_columns()); });
  };
  face.personal = [](void* self, graft_tensor rows) {
    return answer("personal", [&] { return of_handle(rows).slice(1, of(self).shared_columns()); });
  };
  face.gradient = [](void* self, graft_tensor rows, graft_batch batch) {
    return answer("gradient", [&] { return of(self).losses(of_handle(rows), batch_of(batch).index, true); });
  };
  face.loss = [](void* self, graft_tensor rows, graft_batch batch) {
    return answer("loss", [&] { return of(self).losses(of_handle(rows), batch_of(batch).index, false).unsqueeze(1); });
  };
  face.logits = [](void* self, graft_tensor rows, graft_batch batch) {
    return answer("logits", [&] { return of(self).logits(of_handle(rows), batch_of(batch).index); });
  };
  face.slope = [](void* self, graft_tensor logits, graft_batch batch) {
    return answer("slope", [&] { return of(self).slope(of_handle(logits), batch_of(batch).index); });
  };
  face.pullback = [](void* self, graft_tensor rows, graft_batch batch, graft_tensor direction) {
    return answer("pullback", [&] { return of(self).pullback(of_handle(rows), batch_of(batch).index, of_handle(direction)); });
  };
  face.descend = [](void* self, const char* name, graft_tensor direction) {
    return done("descend", [&] { of(self).rows(name).sub_(of_handle(direction), of(self).lr); });
  };
  face.part = [](void*, graft_batch batch, std::int64_t index) { return face_of(batch_of(batch).parts.at(index)); };
  face.lr = [](void* self) { return of(self).lr; };
  face.step = [](void* self) { return of(self).step; };
  face.steps = [](void* self) {
    return answer("steps", [&] {
      return at::full({std::int64_t(of(self).clients.size()), 1}, double(of(self).steps), at::kDouble);
    });
  };
  return face;
}

Game::Game(const std::string& strategy, const std::vector<std::string>& settings, Problem problem, std::int64_t steps_an_epoch)
    : manifest_(manifest_of(strategy, settings)),
      model_(compose(manifest_, 4)),
      problem_(std::move(problem)),
      steps_an_epoch_(steps_an_epoch) {
  const auto personal = select(model_.plan.personal, kTensors);
  const auto& start = problem_.start;
  auto& catalog = model_.catalog;
  catalog.row = problem_.body + problem_.head;
  catalog.shared = (personal[0] ? 0 : problem_.body) + (personal[1] ? 0 : problem_.head);
  catalog.first_own = model_.plan.gossips() ? 0 : catalog.shared;
  const auto start_of = [&](const Kept& kept) {
    if (kept.like == Like::scalar) return at::full({1}, kept.value, at::kDouble);
    const auto row =
        start.slice(0, kept.like == Like::personal ? catalog.shared : 0, kept.like == Like::shared ? catalog.shared : catalog.row);
    return kept.start == Start::initial ? row.clone() : at::zeros_like(row);
  };
  server_.shared = start.slice(0, 0, catalog.shared).unsqueeze(0).clone();
  for (const auto& row : model_.plan.serves) server_.served[row.name] = start_of(row).unsqueeze(0);
  NamedRows own = {{"", start.slice(0, catalog.first_own).clone()}};
  for (const auto& row : model_.plan.keeps) own[row.name] = start_of(row);
  store_ = Store(std::move(own));
}

const at::Tensor& Game::own(std::int64_t client, const std::string& name) const { return store_.row(name, client); }

Game::Turn Game::turn_of(const std::vector<std::int64_t>& clients, bool trains) const {
  const auto lanes = std::int64_t(clients.size()), shared = model_.catalog.shared;
  Turn turn{*this, clients, store_.fetch("", clients, at::kCPU), server_.shared};
  turn.begun[""] = turn.full.slice(1, shared - model_.catalog.first_own).clone();
  if (!model_.plan.gossips()) turn.full = at::cat({server_.shared.expand({lanes, -1}), turn.full}, 1);
  for (std::int64_t lane = 0; trains && model_.plan.gossips() && lane < lanes; ++lane) {
    auto mixture = at::zeros({shared}, at::kDouble);
    for (const auto& [other, weight] :
         heard_by(edges_of(model_.plan.gossip, problem_.clients, manifest_.seed, round_), clients[lane])) {
      mixture.add_(own(other).narrow(0, 0, shared), weight);
    }
    turn.full[lane].narrow(0, 0, shared).copy_(mixture);
  }
  if (model_.plan.gossips()) turn.sent = turn.full.narrow(1, 0, shared).clone();
  for (const auto& row : model_.plan.keeps) turn.kept[row.name] = store_.fetch(row.name, clients, at::kCPU);
  for (const auto& [name, rows] : turn.kept) turn.begun[name] = rows.clone();
  turn.see(0, turn.full.size(1));
  turn.lr = manifest_.training.optimizer.lr;
  return turn;
}

void Game::train(Turn& turn) const {
  const auto face = turn.face();
  const auto& hooks = model_.strategy.face.strategy;
  for (const auto& phase : model_.plan.training) {
    const auto trains = select(phase.trains, kTensors);
    turn.see(trains[0] ? 0 : problem_.body, trains[1] ? turn.full.size(1) : problem_.body);
    if (turn.first >= turn.last) continue;
    turn.lr = (phase.lr >= 0 ? phase.lr : manifest_.training.optimizer.lr) * phase.lr_scale;
    const auto epochs = phase.epochs < 0 ? manifest_.training.epochs : phase.epochs;
    const auto steps = phase.steps > 0 ? phase.steps : epochs * steps_an_epoch_;
    for (turn.step = 0; turn.step < steps; ++turn.step, ++turn.steps) {
      Numbered batch{turn.steps * phase.parts};
      for (std::int64_t part = 0; phase.parts > 1 && part < phase.parts; ++part) batch.parts.push_back({batch.index + part});
      if (hooks.step) {
        run_hook({model_.strategy.id, "step"}, [&] { return hooks.step(model_.strategy.self.get(), &face, face_of(batch)); });
      } else {
        turn.rows("").sub_(turn.losses(turn.rows(""), batch.index, true), turn.lr);
      }
    }
  }
  turn.see(0, turn.full.size(1));
}

void Game::play(const std::vector<std::int64_t>& cohort) {
  const at::NoGradGuard no_grad;
  auto turn = turn_of(cohort, true);
  train(turn);
  const auto face = turn.face();
  const auto& hooks = model_.strategy.face.strategy;
  auto* const self = model_.strategy.self.get();
  if (hooks.finish) run_hook({model_.strategy.id, "finish", true}, [&] { return hooks.finish(self, &face); });
  trained_ = turn.full;
  store_.stage("", cohort, turn.full.slice(1, model_.catalog.first_own));
  for (const auto& [name, rows] : turn.kept) store_.stage(name, cohort, rows);
  turn.see(0, model_.catalog.shared);
  uploads_ = turn.rows("").clone();
  if (hooks.upload) {
    uploads_ = tensor_from_hook(
        {model_.strategy.id, "upload", true}, [&](graft_tensor* out) { return hooks.upload(self, &face, out); },
        {std::int64_t(cohort.size()), -1}, uploads_);
  }
  store_.commit();
  if (!model_.plan.gossips()) merge(uploads_);
  ++round_;
}

void Game::merge(const at::Tensor& uploads) {
  const auto count = uploads.size(0);
  const auto weights = at::full({count, 1}, 1.0 / double(count), at::kDouble);
  const auto merged = merges(model_) ? call_merge(model_, uploads, weights) : (uploads * weights).sum(0);
  step_to(server_, call_next(server_, model_, merged, double(count) / double(problem_.clients)), manifest_.server);
}

void Game::play_rounds(std::int64_t rounds) {
  std::vector<std::int64_t> everyone(problem_.clients);
  std::iota(everyone.begin(), everyone.end(), 0);
  for (std::int64_t round = 0; round < rounds; ++round) play(everyone);
}

at::Tensor Game::predictor(std::int64_t client) const {
  auto turn = turn_of({client}, false);
  const auto& hooks = model_.strategy.face.strategy;
  if (!hooks.predictor) return turn.full[0];
  const auto face = turn.face();
  return tensor_from_hook(
      {model_.strategy.id, "predictor", true},
      [&](graft_tensor* out) { return hooks.predictor(model_.strategy.self.get(), &face, out); }, turn.full.sizes().vec(),
      turn.full)[0];
}

at::Tensor Game::logits(std::int64_t client, std::int64_t batch) const {
  auto turn = turn_of({client}, false);
  const auto& hooks = model_.strategy.face.strategy;
  if (!hooks.predict) return problem_.logits(client, predictor(client), batch);
  const auto face = turn.face();
  Numbered numbered{batch};
  return tensor_from_hook(
      {model_.strategy.id, "predict", true},
      [&](graft_tensor* out) { return hooks.predict(model_.strategy.self.get(), &face, face_of(numbered), out); }, {1, -1, -1},
      turn.full)[0];
}

}  // namespace graft::core::toy
