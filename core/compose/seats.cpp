// What a module declares at a site is read and checked here, before any of it becomes a tensor or a name in a file.
#include "core/compose/seats.hpp"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "core/compose/selectors.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kMostElements = std::int64_t(1) << 40;

Initializer initializer_of(const std::string& kind, double value) {
  if (kind == "zeros") return {Initializer::zeros, 0};
  if (kind == "constant") return {Initializer::constant, value};
  if (kind == "uniform") return {Initializer::uniform, value};
  if (kind == "normal") return {Initializer::normal, value};
  throw std::invalid_argument("unknown initializer '" + kind + "'");
}

// Names become keys in files, and parts of selectors.
void check_name(const std::string& name) {
  const std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  const bool good = !name.empty() && name.find_first_not_of(plain) == std::string::npos && name.find("..") == std::string::npos &&
                    name.front() != '.' && name.back() != '.';
  if (!good) throw std::invalid_argument("'" + name + "' is no tensor's name: letters, digits, _ and -, with dots between them");
}

void check_shape(const TensorSpec& spec) {
  std::int64_t elements = 1;
  for (const auto size : spec.shape) {
    if (size <= 0) throw std::invalid_argument("tensor '" + spec.name + "' has no elements");
    if (size > kMostElements / elements) throw std::invalid_argument("tensor '" + spec.name + "' is too large");
    elements *= size;
  }
}

TensorSpec spec_of(const nlohmann::json& one, const graft_site& site, const std::string& module) {
  const auto name = one.at("name").get<std::string>();
  check_name(name);
  TensorSpec spec;
  spec.name = std::string(site.name) + "." + module + "." + name;
  spec.shape = one.at("shape").get<std::vector<std::int64_t>>();
  spec.init = initializer_of(one.at("init").get<std::string>(), one.at("value").get<double>());
  spec.role = "module";
  spec.module = module;
  spec.block = site.block;
  check_shape(spec);
  return spec;
}

// An option that was written so is at fault; else the module's name stands for it.
Place place_in(const Use& use, const std::string& expression) {
  for (const auto& option : use.options) {
    const auto* const text = std::get_if<std::string>(&option.value);
    if (text && *text == expression) return option.place;
  }
  return use.place;
}

std::vector<at::Tensor> at_seat(const Seat& seat, const Bound& bound) {
  std::vector<at::Tensor> tensors;
  for (const auto index : seat.tensors) tensors.push_back(bound[index]);
  return tensors;
}

}  // namespace

std::vector<TensorSpec> declared_at(const graft_site& site, const Plugin& plugin) {
  std::string said;
  run_hook({plugin.id, "tensors"}, [&] {
    const char* const text = plugin.face.module.tensors(plugin.self.get(), &site);
    said = text ? text : "";
    return text ? 0 : 1;
  });
  std::vector<TensorSpec> tensors;
  try {
    std::set<std::string> names;
    for (const auto& one : nlohmann::json::parse(said)) {
      tensors.push_back(spec_of(one, site, plugin.id));
      const auto& name = tensors.back().name;
      if (!names.insert(name).second) throw std::invalid_argument("'" + name + "' is declared twice");
    }
  } catch (const std::exception& e) {
    throw Error(Exit::plugin, "plugin '" + plugin.id + "' declared tensors that cannot be at " + site.name + ": " + e.what());
  }
  return tensors;
}

std::int32_t selected_at(const graft_site* site, const char* selector) noexcept {
  try {
    const auto& [use, backbone] = *static_cast<const Surroundings*>(site->host);
    const std::string inside = std::string(site->name) + ".", expression = selector ? selector : "";
    std::vector<bool> chosen;
    try {
      chosen = select(expression, backbone);
    } catch (const std::invalid_argument& e) {
      throw error_at(place_in(use, expression), "module '" + use.id + "': " + e.what());
    }
    for (std::size_t i = 0; i < backbone.size(); ++i) {
      if (chosen[i] && backbone[i].name.rfind(inside, 0) == 0) return 1;
    }
    return 0;
  } catch (...) {
    keep_failure();
    return -1;
  }
}

Visit::Visit(const Seat& seat, const Plugin& plugin, const Bound& bound)
    : plugin_(plugin), site_(seat.site), lent_(at_seat(seat, bound)) {
  for (auto* handle : lent_.handles()) versions_.push_back(std::int64_t(of_handle(handle)._version()));
  site_.name = seat.name.c_str();
  site_.declared = lent_.handles().data();
  site_.count = lent_.handles().size();
}

std::int64_t Visit::lanes() const {
  std::int64_t most = 1;
  for (auto* handle : lent_.handles()) most = std::max(most, of_handle(handle).size(0));
  return most;
}

void Visit::check() const {
  for (std::size_t i = 0; i < lent_.handles().size(); ++i) {
    if (std::int64_t(of_handle(lent_.handles()[i])._version()) == versions_[i]) continue;
    throw Error(Exit::plugin,
                "plugin '" + plugin_.id + "' wrote into a parameter at " + site_.name + ", which a module only reads");
  }
}

}  // namespace graft::core
