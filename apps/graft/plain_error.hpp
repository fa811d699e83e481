// Whatever went wrong, as one plain line and an exit status.
#pragma once
#include <exception>

#include "core/base/error.hpp"

namespace graft {

core::Error plain_error(const std::exception_ptr& failure);

}  // namespace graft
