// Seats: one module at one site of the backbone, what it declares there, and how its hooks see it. Only this folder includes it.
#pragma once
#include "core/backbone/vit.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin.hpp"

namespace graft::core {

// What the host keeps for a module's questions: Site::selected.
struct Surroundings {
  Use use;                           // where the manifest names the module
  std::vector<TensorSpec> backbone;  // its tensors
};

struct Seat {
  std::size_t plugin;  // its place among the modules
  std::string name;    // of the site: "blocks.3.attn.qkv"
  graft_site site;     // without its tensors
  std::vector<std::size_t> tensors;
};

// What a module declares at a site. What cannot be is exit 3, plugin and tensor named.
std::vector<TensorSpec> declared_at(const graft_site& site, const Plugin& plugin);

// For graft_site::selected.
std::int32_t selected_at(const graft_site* site, const char* selector) noexcept;

// One call's view of a seat: the site with its tensors lent out as handles.
class Visit {
 public:
  Visit(const Seat& seat, const Plugin& plugin, const Bound& bound);
  Visit(const Visit&) = delete;
  const graft_site* site() const { return &site_; }
  void* self() const { return plugin_.self.get(); }
  const graft_module_hooks& hooks() const { return plugin_.face.module; }
  std::int64_t lanes() const;  // of the module's tensors here: K, or 1 where all lanes have them in common
  HookName named(const char* hook) const { return {plugin_.id, hook}; }
  // After a hook: the parameters are the clients', and the federation's; a module reads them.
  void check() const;

 private:
  const Plugin& plugin_;
  graft_site site_;
  Lent lent_;
  std::vector<std::int64_t> versions_;
};

}  // namespace graft::core
