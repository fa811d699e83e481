/* For a host of another major version of the C face. */
#include "working.h"

EXPORTED const graft_descriptor graft_plugin_2_table_1 = WORKING("other_host");
