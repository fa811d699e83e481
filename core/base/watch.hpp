// Long work, watched: it says how far it is, and stops where that is asked for.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace graft::core {

struct Watch {
  std::function<void(const std::string& what, std::int64_t done, std::int64_t of)> tell;  // may be empty
  const std::atomic<bool>* stop = nullptr;

  // To be called now and then, by one thread: tells, and throws Error(Exit::interrupted) once `stop` is set.
  void at(const std::string& what, std::int64_t done, std::int64_t of) const;
};

// Throws Error(Exit::interrupted) once `stop` is set; null never is.
void stop_if_asked(const std::atomic<bool>* stop);

}  // namespace graft::core
