// The version of this program.
#pragma once

namespace graft::core {

const char* version();  // "0.1.0"

}  // namespace graft::core
