// A plugin's options: bound to its own members, described to the host as text, set by the host once checked.
#pragma once
#include <graft/abi.h>
#include <graft/selector.hpp>

#include <limits>
#include <optional>
#include <stdexcept>
#include <variant>
#include <vector>

namespace graft {

// The members' values at the moment of binding are the defaults; an empty optional is "unset".
class Options {
 public:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  using Slot = std::variant<double*, int64_t*, bool*, std::string*, Selector*, std::optional<double>*, std::optional<int64_t>*>;

  template <class Number>  // double, int64_t, or an optional of these, from low to high
  Options& operator()(std::string name, Number& slot, std::string meaning, double low = -kInfinity, double high = kInfinity) {
    items_.push_back({std::move(name), std::move(meaning), &slot, low, high, {}});
    return *this;
  }
  Options& operator()(std::string name, std::string& slot, std::vector<std::string> choices, std::string meaning) {
    items_.push_back({std::move(name), std::move(meaning), &slot, 0, 0, std::move(choices)});
    return *this;
  }

  // [{"name", "type", "default", "low", "high", "choices", "meaning"}, …]
  std::string describe() const {
    return json::list(items_, [](const Item& item) {
      std::string out = "{\"name\":" + json::text(item.name) + ",\"meaning\":" + json::text(item.meaning);
      out += std::visit([](auto* slot) { return ",\"type\":" + json::text(type_of(*slot)) + ",\"default\":" + written(*slot); },
                        item.slot);
      out += ",\"low\":" + json::number(item.low) + ",\"high\":" + json::number(item.high);
      return out + ",\"choices\":" + json::list(item.choices, json::text) + "}";
    });
  }

  // The host has checked name, type, range and choices.
  void set(const std::string& name, const graft_arg& value) {
    for (auto& item : items_) {
      if (item.name == name) std::visit([&](auto* slot) { assign(*slot, value); }, item.slot);
    }
  }

 private:
  struct Item {
    std::string name, meaning;
    Slot slot;
    double low, high;
    std::vector<std::string> choices;
  };

  static std::string type_of(double) { return "float"; }
  static std::string type_of(int64_t) { return "integer"; }
  static std::string type_of(bool) { return "boolean"; }
  static std::string type_of(const std::string&) { return "string"; }
  static std::string type_of(const Selector&) { return "selector"; }
  template <class Number>
  static std::string type_of(const std::optional<Number>&) {
    return type_of(Number{});
  }

  static std::string written(double value) { return json::number(value); }
  static std::string written(int64_t value) { return json::number(value); }
  static std::string written(bool value) { return value ? "true" : "false"; }
  static std::string written(const std::string& value) { return json::text(value); }
  static std::string written(const Selector& value) { return json::text(value.text); }
  template <class Number>
  static std::string written(const std::optional<Number>& value) {
    return value ? written(*value) : "null";
  }

  // The host gives what describe() asks for; whoever else calls is told.
  static const graft_arg& of(int32_t tag, const graft_arg& value) {
    if (value.tag != tag)
      throw std::invalid_argument("a value of tag " + std::to_string(value.tag) + ", expected " + std::to_string(tag));
    return value;
  }
  static void assign(double& slot, const graft_arg& value) {
    slot = value.tag == GRAFT_INT ? double(value.as.i) : of(GRAFT_FLOAT, value).as.d;
  }
  static void assign(int64_t& slot, const graft_arg& value) { slot = of(GRAFT_INT, value).as.i; }
  static void assign(bool& slot, const graft_arg& value) { slot = of(GRAFT_BOOLEAN, value).as.i != 0; }
  static void assign(std::string& slot, const graft_arg& value) { slot = of(GRAFT_STRING, value).as.s; }
  static void assign(Selector& slot, const graft_arg& value) { slot = Selector(of(GRAFT_STRING, value).as.s); }
  template <class Number>
  static void assign(std::optional<Number>& slot, const graft_arg& value) {
    assign(slot.emplace(), value);
  }

  std::vector<Item> items_;
};

}  // namespace graft
