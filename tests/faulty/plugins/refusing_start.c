/* Fails to start, and does not say why. */
#include "working.h"

static int32_t refusing_start(const graft_host* host) { return (void)host, 1; }

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "refusing_start", "1.0.0", refusing_start, create, &hooks);
