/* FedProx over the plain C face alone: no C++, no header but abi.h. The same bits as its C++ twin in sdk/README.md. */
#include <graft/abi.h>
#include <stdlib.h>
#include <string.h>

static const graft_host* host;

struct fedprox {
  double mu;
};

static int32_t start(const graft_host* given) {
  host = given;
  return 0;
}

static void* create(void) {
  struct fedprox* self = malloc(sizeof *self);
  if (self) self->mu = 0.01;
  return self;
}

static void destroy(void* self) { free(self); }

static const char* options(void* self) {
  (void)self;
  return "[{\"name\":\"mu\",\"type\":\"float\",\"default\":0.01,\"low\":0,\"high\":\"inf\",\"choices\":[],"
         "\"meaning\":\"weight of the proximal term\"}]";
}

static int32_t set(void* self, const char* option, const graft_arg* value) {
  if (strcmp(option, "mu") != 0) return 0;
  ((struct fedprox*)self)->mu = value->tag == GRAFT_INT ? (double)value->as.i : value->as.d;
  return 0;
}

static const char* plan(void* self) {
  (void)self;
  return "{\"training\":[{}]}"; /* the defaults: all shared, one phase, as the manifest says */
}

static graft_number number(double value) {
  graft_number made = {GRAFT_FLOAT, {.d = value}};
  return made;
}

/* A failed call gives NULL, and what is given NULL fails in turn: one look at the end is enough. */
static int32_t step(void* self, const graft_lanes* lanes, graft_batch batch) {
  const graft_tensor_table* t = host->tensors;
  graft_tensor w = lanes->rows(lanes->self, "");                  /* [K, n] */
  graft_tensor g = lanes->gradient(lanes->self, w, batch);        /* [K, n] */
  graft_tensor g_shared = lanes->shared(lanes->self, g);          /* a view */
  graft_tensor w_shared = lanes->shared(lanes->self, w);          /* a view */
  graft_tensor received = lanes->received(lanes->self, "");       /* [1, n] */
  graft_tensor gap = t->sub(w_shared, received, number(1));       /* w - what was received */
  graft_tensor pull = t->mul_scalar(gap, number(((struct fedprox*)self)->mu));
  const int failed = !t->add_(g_shared, pull, number(1)) || lanes->descend(lanes->self, "", g);
  t->drop(pull);
  t->drop(gap);
  t->drop(received);
  t->drop(w_shared);
  t->drop(g_shared);
  t->drop(g);
  t->drop(w);
  if (failed) host->fail(host->error());
  return failed;
}

static const graft_strategy_hooks hooks = {.size = sizeof hooks, .plan = plan, .step = step};

__attribute__((visibility("default"))) const graft_descriptor GRAFT_PLUGIN_SYMBOL = {
    sizeof(graft_descriptor), GRAFT_TARGET, "strategy", "fedprox_c", "1.0.0", "FedAvg with a proximal term, in C",
    start,                    create,       destroy,    options,     set,     &hooks,
    NULL,                     GRAFT_BUILT};
