// Its number comes from CMakeLists.txt.
#include "core/base/version.hpp"

namespace graft::core {

const char* version() { return GRAFT_VERSION; }

}  // namespace graft::core
