// Modules inside a backbone: where each of them sits, what it declares there, and its hooks as injections.
#pragma once
#include <array>
#include <memory>

#include "core/backbone/vit.hpp"
#include "core/compose/seats.hpp"

namespace graft::core {

struct NamedModule {
  Plugin plugin;
  Use use;  // where the manifest names it, or what inserts it
};

// A linear layer's weight that can take modules' tensors into itself; numbered as in Bound.
struct Merging {
  std::size_t weight;
  std::vector<std::size_t> tensors;
  std::vector<const Seat*> seats;
};

class Modules : public Injections {
 public:
  // Asks every module for its tensors at each block and each linear layer of it; in Bound they stand behind the backbone's.
  Modules(const VitShape& shape, const std::vector<NamedModule>& modules, const std::vector<TensorSpec>& backbone);
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  const std::vector<Plugin>& plugins() const { return plugins_; }
  const std::vector<TensorSpec>& tensors() const { return tensors_; }  // in the order in which Bound holds them

  bool behind_attention() const override { return behind_attention_; }
  std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const override;
  void keys_values(std::int64_t block, const Bound&, const at::Tensor& z, at::Tensor& keys, at::Tensor& values) const override;
  at::Tensor after_mlp(std::int64_t block, const Bound&, at::Tensor x) const override;
  at::Tensor after_linear(std::int64_t block, int layer, const Bound&, const at::Tensor& x, at::Tensor y) const override;

  // The weights that can be merged, by the modules that say how; a module that stands behind one that does not stays out.
  std::vector<Merging> mergings() const;
  at::Tensor merged(const Merging& merging, const Bound&) const;  // [K|1, out, in]

 private:
  void sit(std::vector<Seat>& seats, const std::string& name, graft_site site);
  void refuse_idle(const VitShape& shape) const;
  bool acts_behind_attention(std::int64_t block) const;
  Merging merging_at(const std::vector<Seat>& seats) const;

  std::size_t first_;  // of the modules' tensors in Bound
  std::vector<Plugin> plugins_;
  std::vector<Surroundings> surroundings_;  // by plugin
  std::vector<TensorSpec> tensors_;
  bool behind_attention_ = false;                          // in the last block
  std::vector<std::vector<Seat>> blocks_;                  // by block
  std::vector<std::array<std::vector<Seat>, 4>> linears_;  // by block, then qkv, proj, fc1, fc2
};

}  // namespace graft::core
