/* Built with a newer SDK, whose table has one entry more. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), sizeof(graft_tensor_table) + 8, "strategy", "long_table", "1.0.0", start, create, &hooks);
