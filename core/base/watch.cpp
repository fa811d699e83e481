// The two things that whoever watches can want.
#include "core/base/watch.hpp"

#include "core/base/error.hpp"

namespace graft::core {

void Watch::at(const std::string& what, std::int64_t done, std::int64_t of) const {
  stop_if_asked(stop);
  if (tell) tell(what, done, of);
}

void stop_if_asked(const std::atomic<bool>* stop) {
  if (stop && stop->load()) throw Error(Exit::interrupted, "interrupted");
}

}  // namespace graft::core
