// The C faces of Lanes and Server over a Turn and the server's state, and the calls of a strategy's hooks on them.
#include "core/rounds/hooks.hpp"

#include <ATen/ATen.h>

#include "core/library/hook.hpp"

namespace graft::core {

namespace {

// A turn during a hook, and the batch that the hook is given; none but in step and predict.
struct LanesView {
  Turn& turn;
  const LaneBatch* batch = nullptr;
};

Turn& turn_of(void* self) { return static_cast<LanesView*>(self)->turn; }
graft_batch face_of(const LaneBatch& batch) { return reinterpret_cast<graft_batch>(const_cast<LaneBatch*>(&batch)); }

// One of an earlier call is gone: it is compared, and never looked into.
const LaneBatch& batch_of(void* self, graft_batch batch, const char* function) {
  const auto* const given = static_cast<LanesView*>(self)->batch;
  if (given == nullptr) throw Misuse(std::string(function) + "(): there are batches only in step and predict");
  if (batch == face_of(*given)) return *given;
  for (const auto& part : given->parts) {
    if (batch == face_of(part)) return part;
  }
  throw Misuse(std::string(function) + "(): the batch is not the one that this hook is given: each lives for one call");
}

graft_batch part_of(void* self, graft_batch batch, std::int64_t index) {
  const auto& parts = batch_of(self, batch, "part").parts;
  if (index >= 0 && index < std::int64_t(parts.size())) return face_of(parts[index]);
  throw Misuse("part(" + std::to_string(index) + "): the phase draws its batches in " +
               std::to_string(std::max<std::size_t>(parts.size(), 1)) + " part(s)");
}

// What SDK 1.1 added.
void fill_1_1(graft_lanes& face) {
  face.stored = [](void* self, const char* name) { return answer("stored", [&] { return turn_of(self).stored(name).clone(); }); };
  face.logits = [](void* self, graft_tensor rows, graft_batch batch) {
    return answer("logits", [&] {
      const HostAtWork at_work;
      return turn_of(self).logits(of_handle(rows), batch_of(self, batch, "logits"));
    });
  };
  face.slope = [](void* self, graft_tensor logits, graft_batch batch) {
    return answer("slope", [&] { return turn_of(self).slope(of_handle(logits), batch_of(self, batch, "slope")); });
  };
  face.pullback = [](void* self, graft_tensor rows, graft_batch batch, graft_tensor direction) {
    const auto body = [&] {
      const HostAtWork at_work;
      return turn_of(self).pullback(of_handle(rows), batch_of(self, batch, "pullback"), of_handle(direction));
    };
    return answer("pullback", body, Made::always);
  };
  face.step = [](void* self) { return turn_of(self).step_in_phase(); };
}

graft_lanes lanes_of(LanesView& view) {
  graft_lanes face = {};
  face.size = sizeof face;
  face.self = &view;
  face.rows = [](void* self, const char* name) {
    return answer("rows", [&] {
      const auto rows = turn_of(self).rows(name);  // for an upload, a copy: a view leads to the personal columns
      return turn_of(self).mode() == Turn::Mode::upload ? rows.clone() : rows;
    });
  };
  // A copy, here and below: all lanes to come receive the same.
  face.received = [](void* self, const char* name) {
    return answer("received", [&] { return turn_of(self).received(name).clone(); });
  };
  face.shared = [](void* self, graft_tensor rows) {
    return answer("shared", [&] { return turn_of(self).shared(of_handle(rows)); });
  };
  face.personal = [](void* self, graft_tensor rows) {
    return answer("personal", [&] { return turn_of(self).personal(of_handle(rows)); });
  };
  face.gradient = [](void* self, graft_tensor rows, graft_batch batch) {
    const auto body = [&] {
      const HostAtWork at_work;
      return turn_of(self).gradient(of_handle(rows), batch_of(self, batch, "gradient"));
    };
    return answer("gradient", body, Made::always);
  };
  face.loss = [](void* self, graft_tensor rows, graft_batch batch) {
    return answer("loss", [&] {
      const HostAtWork at_work;
      return turn_of(self).loss(of_handle(rows), batch_of(self, batch, "loss"));
    });
  };
  face.descend = [](void* self, const char* name, graft_tensor direction) {
    return done("descend", [&] { turn_of(self).descend(name, of_handle(direction)); });
  };
  face.lr = [](void* self) { return turn_of(self).lr(); };
  face.steps = [](void* self) { return answer("steps", [&] { return turn_of(self).steps(); }); };
  face.part = [](void* self, graft_batch batch, std::int64_t index) {
    graft_batch part = nullptr;
    done("part", [&] { part = part_of(self, batch, index); });
    return part;
  };
  fill_1_1(face);
  return face;
}

struct ServerView {
  ServerState& state;
  double participation;
};

graft_server server_of(ServerView& view) {
  graft_server face = {};
  face.size = sizeof face;
  face.self = &view;
  face.shared = [](void* self) {
    return answer("shared", [&] { return static_cast<ServerView*>(self)->state.shared[0].clone(); });
  };
  face.served = [](void* self, const char* name) {
    return answer("served", [&] {
      const auto& served = static_cast<ServerView*>(self)->state.served;
      const auto row = served.find(name);
      if (row == served.end()) throw Misuse("the plan serves no row named '" + std::string(name) + "'");
      return row->second[0];
    });
  };
  face.participation = [](void* self) { return static_cast<ServerView*>(self)->participation; };
  return face;
}

const graft_strategy_hooks& hooks_of(const Model& model) { return model.strategy.face.strategy; }
void* self_of(const Model& model) { return model.strategy.self.get(); }

// What a hook returned must be finite, as what it was made from is: that was looked at before.
void refuse_not_finite(const Model& model, const char* hook, const at::Tensor& finite) {
  if (finite.all().item<bool>()) return;
  run_hook({model.strategy.id, hook, true}, []() -> std::int32_t {
    done("", [] { throw Misuse("it returned or left values that are not finite (NaN or infinite), from a model that is"); });
    return 1;
  });
}

}  // namespace

void call_step(Turn& turn, const LaneBatch& batch) {
  const auto& model = turn.federation().model;
  if (!hooks_of(model).step) return turn.step(batch);
  LanesView view{turn, &batch};
  const auto face = lanes_of(view);
  run_hook({model.strategy.id, "step"}, [&] { return hooks_of(model).step(self_of(model), &face, face_of(batch)); });
}

void call_finish(Turn& turn) {
  const auto& model = turn.federation().model;
  if (!hooks_of(model).finish) return;
  LanesView view{turn};
  const auto face = lanes_of(view);
  run_hook({model.strategy.id, "finish", true}, [&] { return hooks_of(model).finish(self_of(model), &face); });
  refuse_not_finite(model, "finish", turn.finite());
}

at::Tensor call_upload(Turn& turn) {
  const auto& model = turn.federation().model;
  auto shared = turn.full_rows().narrow(1, 0, model.catalog.shared);
  if (!hooks_of(model).upload) return shared;
  turn.set_mode(Turn::Mode::upload);
  LanesView view{turn};
  const auto face = lanes_of(view);
  auto made = tensor_from_hook(
      {model.strategy.id, "upload", true}, [&](graft_tensor* out) { return hooks_of(model).upload(self_of(model), &face, out); },
      {shared.size(0), -1}, shared);
  turn.set_mode(Turn::Mode::rest);
  refuse_not_finite(model, "upload", made.isfinite());
  return made;
}

at::Tensor call_predictor(Turn& turn) {
  const auto& model = turn.federation().model;
  if (!hooks_of(model).predictor) return {};
  LanesView view{turn};
  const auto face = lanes_of(view);
  auto made = tensor_from_hook(
      {model.strategy.id, "predictor", true},
      [&](graft_tensor* out) { return hooks_of(model).predictor(self_of(model), &face, out); }, turn.full_rows().sizes().vec(),
      turn.full_rows());
  refuse_not_finite(model, "predictor", made.isfinite());
  return made;
}

bool predicts(const Model& model) { return hooks_of(model).predict != nullptr; }

at::Tensor call_predict(Turn& turn, const LaneBatch& batch) {
  const auto& model = turn.federation().model;
  if (!predicts(model)) return turn.logits(batch.inputs);
  LanesView view{turn, &batch};
  const auto face = lanes_of(view);
  auto made = tensor_from_hook(
      {model.strategy.id, "predict", true},
      [&](graft_tensor* out) { return hooks_of(model).predict(self_of(model), &face, face_of(batch), out); },
      {batch.labels.size(0), batch.labels.size(1), model.vit.shape().classes}, turn.full_rows());
  refuse_not_finite(model, "predict", made.isfinite());
  return made;
}

bool merges(const Model& model) { return hooks_of(model).merge != nullptr; }

at::Tensor call_merge(const Model& model, const at::Tensor& uploads, const at::Tensor& weights) {
  const Lent all(uploads), shares(weights);
  auto made = tensor_from_hook(
      {model.strategy.id, "merge", true},
      [&](graft_tensor* out) { return hooks_of(model).merge(self_of(model), all.handle(), shares.handle(), out); },
      {uploads.size(1)}, uploads);
  refuse_not_finite(model, "merge", made.isfinite());
  return made;
}

at::Tensor call_next(ServerState& server, const Model& model, const at::Tensor& mean, double participation) {
  if (!hooks_of(model).next) {
    if (mean.size(0) == model.catalog.shared) return mean.unsqueeze(0);
    throw Error(Exit::plugin, "plugin '" + model.strategy.id + "': its upload has " + std::to_string(mean.size(0)) +
                                  " columns and the shared part " + std::to_string(model.catalog.shared) +
                                  ", so it needs a `next` of its own");
  }
  ServerView view{server, participation};
  const auto face = server_of(view);
  const Lent given(mean);
  auto made = tensor_from_hook(
      {model.strategy.id, "next", true},
      [&](graft_tensor* out) { return hooks_of(model).next(self_of(model), &face, given.handle(), out); }, {model.catalog.shared},
      mean);
  refuse_not_finite(model, "next", made.isfinite());
  return made.unsqueeze(0);
}

}  // namespace graft::core
