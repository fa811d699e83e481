/* A module whose tokens are its declared tensor itself, which it was only lent. */
#include "working.h"

static const char* tensors(void* self, const graft_site* site) {
  (void)self;
  return site->linear ? "[]" : "[{\"name\":\"tokens\",\"shape\":[2,32],\"init\":\"zeros\",\"value\":0}]";
}

static int32_t tokens(void* self, const graft_site* site, graft_tokens* out) {
  (void)self;
  out->values = site->declared[0];
  return 0;
}

static const graft_module_hooks module_hooks = {sizeof module_hooks, tensors, tokens, 0, 0, 0, 0};

EXPORTED const graft_descriptor GRAFT_PLUGIN_SYMBOL = {sizeof(graft_descriptor),
                                                       GRAFT_TARGET,
                                                       "module",
                                                       "lent_tokens",
                                                       "1.0.0",
                                                       "a test",
                                                       start,
                                                       create,
                                                       destroy,
                                                       options,
                                                       set,
                                                       0,
                                                       &module_hooks,
                                                       GRAFT_BUILT};
