/* Its descriptor lacks a function. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),
                                                       sizeof(graft_tensor_table),
                                                       "strategy",
                                                       "null_entry",
                                                       "1.0.0",
                                                       "a test",
                                                       start,
                                                       0,
                                                       destroy,
                                                       options,
                                                       set,
                                                       &hooks,
                                                       0};
