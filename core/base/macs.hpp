// Multiply-accumulates of the matrix products that this thread runs, counted from the operators that LibTorch reports.
#pragma once
#include <ATen/record_function.h>

#include <cstdint>

namespace graft::core {

// Counts while it lives, one at a time in a thread. Backward passes are counted where they run on this thread, as on a CPU.
class CountedMacs {
 public:
  CountedMacs();
  ~CountedMacs();
  CountedMacs(const CountedMacs&) = delete;
  CountedMacs& operator=(const CountedMacs&) = delete;
  std::int64_t count() const;

 private:
  at::CallbackHandle handle_;
};

}  // namespace graft::core
