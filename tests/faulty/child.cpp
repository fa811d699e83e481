// Opens a broken plugin and calls one hook of it, on lanes of three numbers, as the program would: `faulty_child ID HOOK
// [SECONDS [ROUND]]`, with HOOK one of open, plan, step, upload, SECONDS what the host takes for a gradient, and ROUND that of the
// last checkpoint. Prints the error's line; the exit status is the error's.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "core/base/error.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin.hpp"

namespace {

using namespace graft::core;
namespace fs = std::filesystem;

constexpr double kLimitSeconds = 0.5;

at::Tensor& rows() {  // [1, 3]: one client
  static at::Tensor made = at::ones({1, 3});
  return made;
}

graft_lanes lanes(std::chrono::duration<double>& gradient_takes) {
  graft_lanes face{};
  face.size = sizeof face;
  face.rows = [](void*, const char* name) {
    return answer("rows", [&] {
      if (*name) throw Misuse("no row is named '" + std::string(name) + "'");
      return rows();
    });
  };
  face.self = &gradient_takes;
  face.gradient = [](void* self, graft_tensor at, graft_batch) {
    return answer("gradient", [&] {
      const HostAtWork at_work;
      std::this_thread::sleep_for(*static_cast<std::chrono::duration<double>*>(self));
      return of_handle(at) * 2;
    });
  };
  face.loss = [](void*, graft_tensor at, graft_batch) {
    return answer("loss", [&] { return of_handle(at).square().sum(1, true); });
  };
  face.descend = [](void*, const char*, graft_tensor direction) {
    return done("descend", [&] { rows().sub_(of_handle(direction), 0.1); });
  };
  face.lr = [](void*) { return 0.1; };
  return face;
}

void call_hook(const std::string& id, const std::string& hook, std::chrono::duration<double> gradient_takes) {
  const auto folder = fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty";
  const auto plugin = open_plugin(folder / (id + ".so"), id);
  if (hook == "open") return;
  if (hook == "plan") return (void)plan_of(plugin);
  const at::NoGradGuard no_gradients;
  const auto face = lanes(gradient_takes);
  const auto& hooks = plugin.face.strategy;
  void* const self = plugin.self.get();
  set_run_place({3, {5}});
  if (hook == "step") {
    run_hook({id, "step"}, [&] { return hooks.step(self, &face, nullptr); });
  } else {
    tensor_from_hook(
        {id, "upload", true}, [&](graft_tensor* out) { return hooks.upload(self, &face, out); }, {1, -1}, rows());
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3 || count > 5) return 2;
  try {
    watch_hooks(kLimitSeconds);
    if (count > 4) note_checkpoint(std::atoll(arguments[4]));
    if (!std::strcmp(arguments[1], "host")) std::abort();  // a crash that is no plugin's
    call_hook(arguments[1], arguments[2], std::chrono::duration<double>(count > 3 ? std::atof(arguments[3]) : 0));
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return int(e.status);
  }
  std::puts("done");
  return 0;
}
