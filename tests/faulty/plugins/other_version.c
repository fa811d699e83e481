/* For a host of another major version of the table. */
#include "working.h"

EXPORTED const graft_descriptor graft_plugin_1_table_2 = WORKING("other_version");
