// Where a plugin's time goes: seconds, calls and bytes by plugin, hook and function of the host. Off unless asked for.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace graft::core {

struct ProfileLine {
  std::string plugin, hook, function;  // no function: the hook itself, all that it calls included
  std::int64_t calls = 0;
  double seconds = 0;      // of the host; a GPU may still be at work
  std::int64_t bytes = 0;  // of tensors made, views not counted; none of operators that a plugin built on LibTorch calls itself
};

void profile_calls();                // from now on, in all threads
std::vector<ProfileLine> profile();  // by plugin; a hook before its functions, those that took longest first

struct HookName;

enum class Made { unless_seen, always };  // unless somebody had it, or what it is a view of; always: in memory that is used again

// Measures the call that it stands in, where profiling is on.
class Timed {
 public:
  explicit Timed(const char* function) noexcept : function_(function) {
    if (on) begin();
  }
  explicit Timed(const HookName& hook) noexcept : hook_(&hook) {
    if (on) begin();
  }
  Timed(const Timed&) = delete;
  ~Timed() {
    if (since_ != 0) tally();
  }
  template <class Tensor>
  void made(const Tensor& tensor, Made when = Made::unless_seen) noexcept {
    if (since_ == 0) return;
    const bool seen = tensor.use_count() > 1 || (tensor.is_view() && tensor._base().use_count() > 1);
    if (!seen || when == Made::always) bytes_ += std::int64_t(tensor.nbytes());
  }
  static std::atomic<bool> on;

 private:
  void begin() noexcept;
  void tally() const noexcept;
  const char* function_ = "";
  const HookName* hook_ = nullptr;  // null: the innermost that runs
  std::int64_t since_ = 0, bytes_ = 0;
  bool inside_another_ = false;
};

}  // namespace graft::core
