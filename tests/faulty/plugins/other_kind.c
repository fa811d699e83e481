/* Of a kind that this host does not know. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "compressor", "other_kind", "1.0.0", start, create, &hooks);
