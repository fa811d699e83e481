/* Its version is no text that a file could hold. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "odd_version", "1.\xff", start, create, &hooks);
