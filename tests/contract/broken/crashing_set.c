/* Reads every value as a text, whatever its tag. */
#include <string.h>

#include "tests/faulty/plugins/working.h"

static int32_t reading_set(void* self, const char* option, const graft_arg* value) {
  return (void)self, (void)option, strlen(value->as.s) > 1000;
}

#define set reading_set /* in what the descriptor is made of */
EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = WORKING("crashing_set");
