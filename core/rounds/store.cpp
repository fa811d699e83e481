// Rows of clients in host memory.
#include "core/rounds/store.hpp"

#include <ATen/ATen.h>

namespace graft::core {

const at::Tensor& Store::row(const std::string& name, std::int64_t client) const {
  const auto client_rows = rows_.find(client);
  if (client_rows == rows_.end()) return initial_.at(name);
  const auto found = client_rows->second.find(name);
  return found == client_rows->second.end() ? initial_.at(name) : found->second;
}

at::Tensor Store::fetch(const std::string& name, const std::vector<std::int64_t>& clients, at::Device device) const {
  std::vector<at::Tensor> rows;
  for (const auto client : clients) rows.push_back(row(name, client));
  return at::stack(rows).to(device);
}

void Store::stage(const std::string& name, const std::vector<std::int64_t>& clients, const at::Tensor& rows) {
  const auto on_host = rows.to(at::kCPU);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    staged_[clients[i]][name] = on_host[static_cast<std::int64_t>(i)].clone();
  }
}

std::vector<std::int64_t> Store::commit() {
  std::vector<std::int64_t> changed;
  for (auto& [client, rows] : staged_) {
    changed.push_back(client);
    rows_[client] = std::move(rows);
  }
  staged_.clear();
  return changed;
}

}  // namespace graft::core
