// Seats modules at the sites of a backbone and calls their hooks there.
#include "core/compose/modules.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/base/shape_text.hpp"

namespace graft::core {

namespace {

constexpr std::array<const char*, 4> kLinears = {"attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"};

// Whether a module acts by after_linear alone, and says how it is merged.
bool merges(const Plugin& plugin) {
  const auto& hooks = plugin.face.module;
  return hooks.merged && !hooks.tokens && !hooks.keys_values && !hooks.after_mlp;
}

}  // namespace

Modules::Modules(const VitShape& shape, const std::vector<NamedModule>& modules, const std::vector<TensorSpec>& backbone)
    : first_(backbone.size()), blocks_(shape.depth), linears_(shape.depth) {
  for (const auto& [plugin, use] : modules) {
    plugins_.push_back(plugin);
    surroundings_.push_back({use, backbone});
  }
  const std::int64_t d = shape.width, h = shape.hidden;
  const std::array<std::array<std::int64_t, 2>, 4> widths = {{{d, 3 * d}, {d, d}, {d, h}, {h, d}}};
  for (std::int64_t block = 0; block < shape.depth; ++block) {
    const std::string name = "blocks." + std::to_string(block);
    graft_site site{};
    site.size = sizeof(graft_site);
    site.block = block;
    site.depth = shape.depth;
    site.in = site.out = d;
    site.tokens = shape.tokens();
    site.heads = shape.heads;
    site.patch = shape.patch;
    site.selected = selected_at;
    for (std::size_t layer = 0; layer < kLinears.size(); ++layer) {
      graft_site linear = site;
      linear.linear = 1;
      linear.in = widths[layer][0];
      linear.out = widths[layer][1];
      sit(linears_[block][layer], name + "." + kLinears[layer], linear);
    }
    sit(blocks_[block], name, site);
  }
  behind_attention_ = acts_behind_attention(shape.depth - 1);
  refuse_idle(shape);
}

void Modules::sit(std::vector<Seat>& seats, const std::string& name, graft_site site) {
  for (std::size_t i = 0; i < plugins_.size(); ++i) {
    site.name = name.c_str();
    site.host = &surroundings_[i];
    auto tensors = declared_at(site, plugins_[i]);
    if (tensors.empty()) continue;
    Seat seat = {i, name, site, {}};
    for (auto& tensor : tensors) {
      seat.tensors.push_back(first_ + tensors_.size());
      tensors_.push_back(std::move(tensor));
    }
    seats.push_back(std::move(seat));
  }
}

void Modules::refuse_idle(const VitShape& shape) const {
  for (std::size_t i = 0; i < plugins_.size(); ++i) {
    const auto its_own = [&](const TensorSpec& tensor) { return tensor.module == plugins_[i].id; };
    if (std::any_of(tensors_.begin(), tensors_.end(), its_own)) continue;
    throw error_at(surroundings_[i].use.place, "module '" + plugins_[i].id + "' declares no tensor at any site of this backbone (" +
                                                   std::to_string(shape.depth) + " blocks of width " + std::to_string(shape.width) +
                                                   ")");
  }
}

bool Modules::acts_behind_attention(std::int64_t block) const {
  const auto any = [&](const std::vector<Seat>& seats, auto hook) {
    return std::any_of(seats.begin(), seats.end(),
                       [&](const Seat& seat) { return plugins_[seat.plugin].face.module.*hook != nullptr; });
  };
  if (any(blocks_[block], &graft_module_hooks::after_mlp)) return true;
  const auto& linears = linears_[block];
  return std::any_of(linears.begin() + 1, linears.end(),  // all but qkv
                     [&](const auto& seats) { return any(seats, &graft_module_hooks::after_linear); });
}

std::vector<AddedTokens> Modules::tokens(std::int64_t block, const Bound& bound) const {
  std::vector<AddedTokens> all;
  for (const auto& seat : blocks_[block]) {
    const Visit visit(seat, plugins_[seat.plugin], bound);
    if (!visit.hooks().tokens) continue;
    graft_tokens given{};
    given.size = sizeof given;
    const auto values = tensor_from_hook(
        visit.named("tokens"),
        [&](graft_tensor* out) {
          const auto status = visit.hooks().tokens(visit.self(), visit.site(), &given);
          *out = given.values;
          return status;
        },
        {-1, -1, seat.site.in}, bound.front());
    visit.check();
    if (values.size(0) != 1 && values.size(0) != visit.lanes()) {
      throw Error(Exit::plugin, "plugin '" + plugins_[seat.plugin].id + "' returned tokens " + shape_text(values.sizes()) + " at " +
                                    seat.name + ", expected " + std::to_string(visit.lanes()) +
                                    " lanes, as its own tensors have there, or one for all");
    }
    if (!(given.dropout >= 0 && given.dropout < 1)) {
      throw Error(Exit::plugin, "plugin '" + plugins_[seat.plugin].id + "' returned a dropout of " + value_text(given.dropout) +
                                    " in tokens, expected one from 0 to below 1");
    }
    all.push_back({values.unsqueeze(1), given.stay != 0, given.dropout});
  }
  return all;
}

void Modules::keys_values(std::int64_t block, const Bound& bound, const at::Tensor& z, at::Tensor& keys, at::Tensor& values) const {
  for (const auto& seat : blocks_[block]) {
    const Visit visit(seat, plugins_[seat.plugin], bound);
    if (!visit.hooks().keys_values) continue;
    const Lent given(z), k(keys), v(values);
    at::Tensor made_values;
    const auto made_keys = tensor_from_hook(
        visit.named("keys_values"),
        [&](graft_tensor* out) {
          graft_tensor both[2] = {k.handle(), v.handle()};
          const auto status = visit.hooks().keys_values(visit.self(), visit.site(), given.handle(), both);
          if (both[0] == both[1]) throw Misuse("it returned one tensor for both keys and values");
          if (status == 0) refuse_lent(both[1]);
          if (!is_lent(both[1])) made_values = take(both[1]);
          *out = both[0];
          return status;
        },
        {z.size(0), z.size(1), -1, z.size(3)}, z);
    visit.check();
    if (!made_values.defined()) {
      throw Error(Exit::plugin, "plugin '" + plugins_[seat.plugin].id + "' in keys_values: it returned no values");
    }
    if (made_values.sizes() != made_keys.sizes() || made_values.scalar_type() != z.scalar_type()) {
      throw Error(Exit::plugin,
                  "plugin '" + plugins_[seat.plugin].id + "' returned values in keys_values that do not go with its keys");
    }
    keys = made_keys;
    values = made_values;
  }
}

at::Tensor Modules::after_mlp(std::int64_t block, const Bound& bound, at::Tensor x) const {
  for (const auto& seat : blocks_[block]) {
    const Visit visit(seat, plugins_[seat.plugin], bound);
    if (!visit.hooks().after_mlp) continue;
    const Lent given(x);
    x = tensor_from_hook(
        visit.named("after_mlp"),
        [&](graft_tensor* out) { return visit.hooks().after_mlp(visit.self(), visit.site(), given.handle(), out); },
        x.sizes().vec(), x);
    visit.check();
  }
  return x;
}

at::Tensor Modules::after_linear(std::int64_t block, int layer, const Bound& bound, const at::Tensor& x, at::Tensor y) const {
  for (const auto& seat : linears_[block][layer]) {
    const Visit visit(seat, plugins_[seat.plugin], bound);
    if (!visit.hooks().after_linear) continue;
    const Lent in(x), out_given(y);
    y = tensor_from_hook(
        visit.named("after_linear"),
        [&](graft_tensor* out) {
          return visit.hooks().after_linear(visit.self(), visit.site(), in.handle(), out_given.handle(), out);
        },
        y.sizes().vec(), y);
    visit.check();
  }
  return y;
}

Merging Modules::merging_at(const std::vector<Seat>& seats) const {
  const auto& backbone = surroundings_.front().backbone;
  const auto is_weight = [&](const TensorSpec& tensor) { return tensor.name == seats.front().name + ".weight"; };
  const auto weight = std::find_if(backbone.begin(), backbone.end(), is_weight);
  Merging merging{std::size_t(weight - backbone.begin()), {}, {}};
  for (const auto& seat : seats) {
    if (!merges(plugins_[seat.plugin])) break;  // what stands behind it works on its output
    merging.seats.push_back(&seat);
    merging.tensors.insert(merging.tensors.end(), seat.tensors.begin(), seat.tensors.end());
  }
  return merging;
}

std::vector<Merging> Modules::mergings() const {
  std::vector<Merging> all;
  for (const auto& block : linears_) {
    for (const auto& seats : block) {
      if (!seats.empty() && merges(plugins_[seats.front().plugin])) all.push_back(merging_at(seats));
    }
  }
  return all;
}

at::Tensor Modules::merged(const Merging& merging, const Bound& bound) const {
  auto weight = bound[merging.weight];
  for (const auto* const seat : merging.seats) {
    const Visit visit(*seat, plugins_[seat->plugin], bound);
    const Lent given(weight);
    weight = tensor_from_hook(
        visit.named("merged"),
        [&](graft_tensor* out) { return visit.hooks().merged(visit.self(), visit.site(), given.handle(), out); },
        {-1, weight.size(1), weight.size(2)}, weight);
    visit.check();
  }
  return weight;
}

}  // namespace graft::core
