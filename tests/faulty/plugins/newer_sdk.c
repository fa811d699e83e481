/* Built with a newer SDK, for hosts that are as new. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET + 1, "strategy", "newer_sdk", "1.0.0", start, create, &hooks);
