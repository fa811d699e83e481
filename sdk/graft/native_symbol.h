/* The one export of a plugin that is built on LibTorch itself (NATIVE): its name carries LibTorch's exact version. Needs LibTorch's
   headers. */
#pragma once
#include <torch/headeronly/version.h>

#define GRAFT_NATIVE_JOINED(major, minor, patch) graft_plugin_1_native_##major##_##minor##_##patch
#define GRAFT_NATIVE_NAME(major, minor, patch) GRAFT_NATIVE_JOINED(major, minor, patch)
#define GRAFT_NATIVE_SYMBOL GRAFT_NATIVE_NAME(TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH)
