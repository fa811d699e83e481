/* Built with a newer SDK, whose hooks are one more, and without any of its new hooks. */
#include "working.h"

static const struct {
  graft_strategy_hooks known;
  void* newer;
} longer = {{.size = sizeof longer, .plan = plan}, (void*)0};

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL =
    DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "newer_quiet", "1.0.0", start, create, &longer.known);
