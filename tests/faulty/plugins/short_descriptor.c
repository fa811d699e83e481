/* Built with an SDK whose descriptor had fewer entries. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(40, GRAFT_TARGET, "strategy", "short_descriptor", "1.0.0", start, create, &hooks);
