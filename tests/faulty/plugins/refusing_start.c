/* Fails to start, and does not say why. */
#include "working.h"

static int32_t refusing_start(const graft_host* host) { return (void)host, 1; }

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),
                                                       sizeof(graft_tensor_table),
                                                       "strategy",
                                                       "refusing_start",
                                                       "1.0.0",
                                                       "a test",
                                                       refusing_start,
                                                       create,
                                                       destroy,
                                                       options,
                                                       set,
                                                       &hooks,
                                                       0};
