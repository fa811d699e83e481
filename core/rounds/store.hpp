// The store: what clients own between their turns, fetched for a turn and written back when the round is whole.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

namespace graft::core {

using NamedRows = std::map<std::string, at::Tensor>;  // "" the personal columns, else kept rows

// A client that never took a turn has the initial rows, which are stored once: memory follows the clients that did.
class Store {
 public:
  Store() = default;
  explicit Store(NamedRows initial) : initial_(std::move(initial)) {}  // [n] each, on the CPU

  at::Tensor fetch(const std::string& name, const std::vector<std::int64_t>& clients, at::Device device) const;  // [K, n]
  const at::Tensor& row(const std::string& name, std::int64_t client) const;                                     // [n]
  const NamedRows& initial() const { return initial_; }

  // Rows of the round that runs stand aside until the round is whole.
  void stage(const std::string& name, const std::vector<std::int64_t>& clients, const at::Tensor& rows);  // [K, n]
  std::vector<std::int64_t> commit();  // the clients that changed
  void discard() { staged_.clear(); }

  void put(std::int64_t client, NamedRows rows) { rows_[client] = std::move(rows); }
  const std::map<std::int64_t, NamedRows>& rows() const { return rows_; }  // of clients that took a turn

 private:
  NamedRows initial_;
  std::map<std::int64_t, NamedRows> rows_, staged_;
};

}  // namespace graft::core
