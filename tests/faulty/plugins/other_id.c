/* Its file has another name than the plugin within. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = WORKING("someone_else");
