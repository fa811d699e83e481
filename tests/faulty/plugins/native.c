/* Built on at::Tensor itself, for one LibTorch. */
#include "working.h"

EXPORTED const graft_descriptor graft_plugin_1_native_2_9_1 = WORKING("native");
