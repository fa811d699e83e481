// Handles are tensors on the heap; the host as a plugin sees it.
#include "core/library/handles.hpp"

#include <algorithm>
#include <utility>

#include "core/base/log.hpp"
#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

const char* error() noexcept { return hook_thread().error.c_str(); }

void fail(const char* what) noexcept {
  if (Frame* const frame = innermost_hook()) frame->said = what ? what : "";
}

void log_for_plugin(std::int32_t level, const char* text) noexcept {
  done("log", [&] {
    if (level < int(Level::debug) || level > int(Level::error)) throw Misuse("log: " + std::to_string(level) + " is no level");
    if (hook_thread().place.trial) return;
    const Frame* const frame = innermost_hook();
    log(Level(level), (frame ? frame->name->plugin + ": " : "") + (text ? text : ""));
  });
}

}  // namespace

graft_tensor to_handle(at::Tensor tensor) { return reinterpret_cast<graft_tensor>(new at::Tensor(std::move(tensor))); }

const at::Tensor& of_handle(graft_tensor handle) {
  if (!handle) throw Misuse("an argument is no tensor");
  return *reinterpret_cast<const at::Tensor*>(handle);
}

at::Tensor take(graft_tensor handle) {
  const std::unique_ptr<at::Tensor> owner(reinterpret_cast<at::Tensor*>(handle));
  return owner ? std::move(*owner) : at::Tensor();
}

Lent::Lent(std::vector<at::Tensor> tensors) {
  for (auto& tensor : tensors) handles_.push_back(to_handle(std::move(tensor)));
  auto& lent = hook_thread().lent;
  lent.insert(lent.end(), handles_.begin(), handles_.end());
}

Lent::~Lent() {
  auto& lent = hook_thread().lent;
  for (auto* const handle : handles_) {
    lent.erase(std::find(lent.begin(), lent.end(), handle));
    take(handle);
  }
}

bool is_lent(graft_tensor handle) {
  const auto& lent = hook_thread().lent;
  return std::find(lent.begin(), lent.end(), handle) != lent.end();
}

const graft_host* host_face() {
  static const graft_host face{sizeof(graft_host), tensor_table(), error, fail, log_for_plugin};
  return &face;
}

}  // namespace graft::core
