// Modules inside a backbone: where each of them sits, what it declares there, and its hooks as injections.
#pragma once
#include <array>
#include <memory>

#include "core/backbone/vit.hpp"
#include "core/library/plugin.hpp"

namespace graft::core {

class Modules : public Injections {
 public:
  // Asks every module for its tensors at each block and each linear layer of it; they are numbered from `first` in Bound.
  Modules(const VitShape& shape, std::vector<Plugin> plugins, std::size_t first);

  const std::vector<Plugin>& plugins() const { return plugins_; }
  const std::vector<TensorSpec>& tensors() const { return tensors_; }  // in the order in which Bound holds them

  bool behind_attention() const override { return behind_attention_; }
  at::Tensor tokens(std::int64_t block, const Bound&) const override;
  void keys_values(std::int64_t block, const Bound&, const at::Tensor& z, at::Tensor& keys, at::Tensor& values) const override;
  at::Tensor after_mlp(std::int64_t block, const Bound&, at::Tensor x) const override;
  at::Tensor after_linear(std::int64_t block, int layer, const Bound&, const at::Tensor& x, at::Tensor y) const override;

 private:
  struct Seat {  // one module at one site
    std::size_t plugin;
    std::string name;
    graft_site site;  // without its tensors
    std::vector<std::size_t> tensors;
  };
  class Visit;

  void sit(std::vector<Seat>& seats, const std::string& name, graft_site site, std::size_t first);

  bool acts_behind_attention(std::int64_t block) const;

  std::vector<Plugin> plugins_;
  std::vector<TensorSpec> tensors_;
  bool behind_attention_ = false;                          // in the last block
  std::vector<std::vector<Seat>> blocks_;                  // by block
  std::vector<std::array<std::vector<Seat>, 4>> linears_;  // by block, then qkv, proj, fc1, fc2
};

}  // namespace graft::core
