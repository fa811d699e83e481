/* For a host of an older version of the C face. */
#include "working.h"

EXPORTED const graft_descriptor graft_plugin_0_table_1 = WORKING("older_host");
