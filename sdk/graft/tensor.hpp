// graft::Tensor: through the host's table, one binary for every LibTorch; built NATIVE it is at::Tensor itself.
#pragma once
#ifdef GRAFT_NATIVE
#include <graft/native_tensor.hpp>
#else
#include <graft/table_operators.hpp>
#include <graft/table_tensor.hpp>
#endif
