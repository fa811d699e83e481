/* Nothing is wrong with this one: a plugin in plain C. */
#include "working.h"

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = WORKING("plain_c");
