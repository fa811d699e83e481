/* A strategy that works, over the plain C face: what the broken ones spoil one thing of. */
#include <graft/abi.h>

#define UNUSED __attribute__((unused))
static UNUSED int32_t start(const graft_host* host) { return (void)host, 0; }
static UNUSED void* create(void) {
  static int self;
  return &self;
}
static UNUSED void destroy(void* self) { (void)self; }
static UNUSED const char* options(void* self) { return (void)self, "[]"; }
static UNUSED int32_t set(void* self, const char* option, const graft_arg* value) {
  return (void)self, (void)option, (void)value, 0;
}
static UNUSED const char* plan(void* self) { return (void)self, "{\"training\":[{}]}"; }

static const UNUSED graft_strategy_hooks hooks = {.size = sizeof(graft_strategy_hooks), .plan = plan};

#define EXPORTED __attribute__((visibility("default")))
/* What a broken one may spoil; the rest is as it should be. */
#define DESCRIPTOR(size, target, kind, id, version, start, create, hooks) \
  { size, target, kind, id, version, "a test", start, create, destroy, options, set, hooks, 0, GRAFT_BUILT }
#define WORKING(id) DESCRIPTOR(sizeof(graft_descriptor), GRAFT_TARGET, "strategy", id, "1.0.0", start, create, &hooks)
