// What waits for the device inside of a step or a module's hook, seen by LibTorch's record callbacks: a plugin built on LibTorch
// itself is seen as well as one over the table. Compiled with NDEBUG, as LibTorch is: RecordFunction has another layout without.
#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <memory>
#include <string_view>

#include "core/library/hook_thread.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

// A callback of LibTorch's reaches nothing but what its thread has.
thread_local std::string waited;

// In a step, or a module's hook: not where the host works for it meanwhile.
const core::Frame* hook_that_may_not_wait() {
  const auto* const frame = core::innermost_hook();
  return frame != nullptr && !frame->may_wait && !frame->host_works ? frame : nullptr;
}

// Every copy comes to this operator: its target, then what is copied.
std::string copied_to_cpu(const at::RecordFunction& running) {
  const auto inputs = running.inputs();
  if (inputs.size() < 2 || !inputs[0].isTensor() || !inputs[1].isTensor()) return "";
  const auto &target = inputs[0].toTensor(), &source = inputs[1].toTensor();
  if (!target.defined() || !source.defined() || !target.is_cpu() || source.is_cpu()) return "";
  return "a copy from " + c10::DeviceTypeName(source.device().type(), true) + " to the CPU";
}

std::unique_ptr<at::ObserverContext> look(const at::RecordFunction& running) {
  const auto* const frame = hook_that_may_not_wait();
  if (frame == nullptr || !waited.empty()) return nullptr;
  const std::string_view name = running.name();
  if (core::waits_for_device(name)) waited = name;
  if (name == "aten::copy_") waited = copied_to_cpu(running);
  if (!waited.empty()) waited += std::string(" ran in ") + frame->name->hook;
  return nullptr;
}

class Looking {
 public:
  Looking() { waited.clear(); }
  Looking(const Looking&) = delete;
  ~Looking() { at::removeCallback(callback_); }

 private:
  const at::CallbackHandle callback_ =
      at::addThreadLocalCallback(at::RecordFunctionCallback(look).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
};

}  // namespace

// On a GPU where there is one: only there are copies between devices.
void no_waiting(const Subject& subject) {
  auto federation = small(subject, {"device=auto"});
  const Looking looking;
  play(federation, 2);
  scored_state_of(federation);
  if (!waited.empty()) throw Failed(waited + ": it waits for the device, expected that the value stays a tensor");
}

}  // namespace graft::contract
