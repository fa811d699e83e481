/* Says that it is a strategy, and has no hooks of one. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "no_hooks", "1.0.0", start, create, 0);
