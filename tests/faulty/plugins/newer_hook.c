/* Built with a newer SDK, whose hooks are one more, and with a hook that only newer hosts call. */
#include "working.h"

static const struct {
  graft_strategy_hooks known;
  void* newer;
} longer = {{.size = sizeof longer, .plan = plan}, (void*)1};

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "newer_hook", "1.0.0", start, create, &longer.known);
