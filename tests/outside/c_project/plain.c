/* The least that exports a plugin's symbol. */
#include <graft/abi.h>

__attribute__((visibility("default"))) const graft_descriptor GRAFT_PLUGIN_SYMBOL = {.size = sizeof(graft_descriptor)};
