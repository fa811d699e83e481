/* Its version is no text that a file could hold. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),
                                                       sizeof(graft_tensor_table),
                                                       "strategy",
                                                       "odd_version",
                                                       "1.\xff",
                                                       "a test",
                                                       start,
                                                       create,
                                                       destroy,
                                                       options,
                                                       set,
                                                       &hooks,
                                                       0};
