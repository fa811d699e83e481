/* Its descriptor lacks a function. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "null_entry", "1.0.0", start, 0, &hooks);
