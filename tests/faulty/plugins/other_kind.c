/* Of a kind that this host does not know. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),
                                                       sizeof(graft_tensor_table),
                                                       "compressor",
                                                       "other_kind",
                                                       "1.0.0",
                                                       "a test",
                                                       start,
                                                       create,
                                                       destroy,
                                                       options,
                                                       set,
                                                       &hooks,
                                                       0};
