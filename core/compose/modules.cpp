// Seats modules at the sites of a backbone and calls their hooks there.
#include "core/compose/modules.hpp"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/library/hook.hpp"

namespace graft::core {

namespace {

constexpr std::array<const char*, 4> kLinears = {"attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"};

Initializer initializer_of(const std::string& kind, double value) {
  if (kind == "zeros") return {Initializer::zeros, 0};
  if (kind == "constant") return {Initializer::constant, value};
  if (kind == "uniform") return {Initializer::uniform, value};
  if (kind == "normal") return {Initializer::normal, value};
  throw std::invalid_argument("unknown initializer '" + kind + "'");
}

std::vector<TensorSpec> declared(const Plugin& plugin, const graft_site& site) {
  const char* said = nullptr;
  run_hook({plugin.id, "tensors"}, [&] {
    said = plugin.face->module->tensors(plugin.self.get(), &site);
    return said ? 0 : 1;
  });
  std::vector<TensorSpec> tensors;
  try {
    for (const auto& one : nlohmann::json::parse(said)) {
      TensorSpec spec;
      spec.name = std::string(site.name) + "." + plugin.id + "." + one.at("name").get<std::string>();
      spec.shape = one.at("shape").get<std::vector<std::int64_t>>();
      spec.init = initializer_of(one.at("init").get<std::string>(), one.at("value").get<double>());
      spec.role = "module";
      spec.module = plugin.id;
      spec.block = site.block;
      if (spec.count() <= 0) throw std::invalid_argument("tensor '" + spec.name + "' has no elements");
      tensors.push_back(std::move(spec));
    }
  } catch (const std::exception& e) {
    throw Error(Exit::plugin, "plugin '" + plugin.id + "' declared tensors that cannot be read at " + site.name + ": " + e.what());
  }
  return tensors;
}

}  // namespace

// One call's view of a seat: the site with its tensors lent out as handles.
class Modules::Visit {
 public:
  Visit(const Seat& seat, const Plugin& plugin, const Bound& bound) : plugin_(plugin), site_(seat.site) {
    for (const auto index : seat.tensors) {
      handles_.push_back(to_handle(bound[index]));
      versions_.push_back(std::int64_t(bound[index]._version()));
    }
    site_.name = seat.name.c_str();
    site_.declared = handles_.data();
    site_.count = handles_.size();
  }
  Visit(const Visit&) = delete;
  ~Visit() {
    for (auto* handle : handles_) take(handle);
  }
  const graft_site* site() const { return &site_; }
  void* self() const { return plugin_.self.get(); }
  const graft_module_hooks& hooks() const { return *plugin_.face->module; }
  HookName named(const char* hook) const { return {plugin_.id, hook}; }
  // After a hook: the parameters are the clients', and the federation's; a module reads them.
  void check() const {
    for (std::size_t i = 0; i < handles_.size(); ++i) {
      if (std::int64_t(of_handle(handles_[i])._version()) == versions_[i]) continue;
      throw Error(Exit::plugin,
                  "plugin '" + plugin_.id + "' wrote into a parameter at " + site_.name + ", which a module only reads");
    }
  }

 private:
  const Plugin& plugin_;
  graft_site site_;
  std::vector<graft_tensor> handles_;
  std::vector<std::int64_t> versions_;
};

Modules::Modules(const VitShape& shape, std::vector<Plugin> plugins, std::size_t first)
    : plugins_(std::move(plugins)), blocks_(shape.depth), linears_(shape.depth) {
  const std::int64_t d = shape.width, h = shape.hidden;
  const std::array<std::array<std::int64_t, 2>, 4> widths = {{{d, 3 * d}, {d, d}, {d, h}, {h, d}}};
  for (std::int64_t block = 0; block < shape.depth; ++block) {
    const std::string name = "blocks." + std::to_string(block);
    graft_site site = {sizeof(graft_site), nullptr,     0,       block, shape.depth, d, d, shape.tokens(),
                       shape.heads,        shape.patch, nullptr, 0};
    for (std::size_t layer = 0; layer < kLinears.size(); ++layer) {
      graft_site linear = site;
      linear.linear = 1;
      linear.in = widths[layer][0];
      linear.out = widths[layer][1];
      sit(linears_[block][layer], name + "." + kLinears[layer], linear, first);
    }
    sit(blocks_[block], name, site, first);
  }
  behind_attention_ = acts_behind_attention(shape.depth - 1);
  for (const auto& plugin : plugins_) {
    const auto its_own = [&](const TensorSpec& tensor) { return tensor.module == plugin.id; };
    if (std::none_of(tensors_.begin(), tensors_.end(), its_own)) {
      throw Error(Exit::usage, "module '" + plugin.id + "' declares no tensor at any site of this backbone (" +
                                   std::to_string(shape.depth) + " blocks of width " + std::to_string(d) + ")");
    }
  }
}

bool Modules::acts_behind_attention(std::int64_t block) const {
  const auto any = [&](const std::vector<Seat>& seats, auto hook) {
    return std::any_of(seats.begin(), seats.end(),
                       [&](const Seat& seat) { return plugins_[seat.plugin].face->module->*hook != nullptr; });
  };
  if (any(blocks_[block], &graft_module_hooks::after_mlp)) return true;
  const auto& linears = linears_[block];
  return std::any_of(linears.begin() + 1, linears.end(),  // all but qkv
                     [&](const auto& seats) { return any(seats, &graft_module_hooks::after_linear); });
}

void Modules::sit(std::vector<Seat>& seats, const std::string& name, graft_site site, std::size_t first) {
  site.name = name.c_str();
  for (std::size_t i = 0; i < plugins_.size(); ++i) {
    auto tensors = declared(plugins_[i], site);
    if (tensors.empty()) continue;
    Seat seat = {i, name, site, {}};
    for (auto& tensor : tensors) {
      seat.tensors.push_back(first + tensors_.size());
      tensors_.push_back(std::move(tensor));
    }
    seats.push_back(std::move(seat));
  }
}

at::Tensor Modules::tokens(std::int64_t block, const Bound& bound) const {
  std::vector<at::Tensor> all;
  for (const auto& seat : blocks_[block]) {
    const Visit visit(seat, plugins_[seat.plugin], bound);
    if (!visit.hooks().tokens) continue;
    all.push_back(tensor_from_hook(
        visit.named("tokens"), [&](graft_tensor* out) { return visit.hooks().tokens(visit.self(), visit.site(), out); },
        {-1, -1, seat.site.in}, bound.front()));
    visit.check();
  }
  if (all.size() < 2) return all.empty() ? at::Tensor() : all.front();
  std::int64_t lanes = 1;
  for (const auto& one : all) lanes = std::max(lanes, one.size(0));
  for (auto& one : all) one = one.expand({lanes, one.size(1), one.size(2)});
  return at::cat(all, 1);
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
          graft_tensor both[2] = {k.handle, v.handle};
          const auto status = visit.hooks().keys_values(visit.self(), visit.site(), given.handle, both);
          if (both[1] != v.handle) made_values = take(both[1]);
          *out = both[0] == k.handle ? nullptr : both[0];
          if (status == 0 && !made_values.defined()) throw Misuse("it returned no values");
          return status;
        },
        {z.size(0), z.size(1), -1, z.size(3)}, z);
    visit.check();
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
        [&](graft_tensor* out) { return visit.hooks().after_mlp(visit.self(), visit.site(), given.handle, out); }, x.sizes().vec(),
        x);
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
        [&](graft_tensor* out) { return visit.hooks().after_linear(visit.self(), visit.site(), in.handle, out_given.handle, out); },
        y.sizes().vec(), y);
    visit.check();
  }
  return y;
}

}  // namespace graft::core
