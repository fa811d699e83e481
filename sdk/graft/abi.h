/* What crosses between host and plugin: plain C, append-only. Every struct begins with its size, every text is UTF-8 and
   belongs to the side that returns it. Tensors that a hook is given are lent for the call; one that it returns is a handle of
   its own, which the host takes. A function that can fail returns NULL or non-zero; graft_host.error() says why. */
#pragma once
#include <graft/tensor_table.h>

#ifdef GRAFT_NATIVE
#include <graft/native_symbol.h>
#define GRAFT_PLUGIN_SYMBOL GRAFT_NATIVE_SYMBOL
#else
#define GRAFT_PLUGIN_SYMBOL graft_plugin_1_table_1 /* a plugin's one export: graft_descriptor GRAFT_PLUGIN_SYMBOL */
#endif
#ifdef __clang__
#define GRAFT_BUILT "SDK " GRAFT_SDK_TEXT ", " __VERSION__
#else
#define GRAFT_BUILT "SDK " GRAFT_SDK_TEXT ", GCC " __VERSION__
#endif
#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_batch_s* graft_batch; /* opaque; the host's, valid during the call */

typedef struct graft_host { /* what the host gives a plugin at its start */
  uint32_t size;
  const graft_tensor_table* tensors;
  const char* (*error)(void);                   /* of the call on this thread that failed last */
  void (*fail)(const char* what);               /* a hook says why, then returns non-zero */
  void (*log)(int32_t level, const char* text); /* 0 debug, 1 information, 2 warning, 3 error */
} graft_host;

typedef struct graft_lanes { /* K clients during their turn; rows are named: "" the model, else a kept row */
  uint32_t size;
  void* self;
  graft_tensor (*rows)(void* self, const char* name);     /* [K, n], the rows themselves */
  graft_tensor (*received)(void* self, const char* name); /* [1, n] as sent this round */
  graft_tensor (*shared)(void* self, graft_tensor rows);  /* those columns, a view */
  graft_tensor (*personal)(void* self, graft_tensor rows);
  graft_tensor (*gradient)(void* self, graft_tensor rows, graft_batch); /* [K, n] */
  graft_tensor (*loss)(void* self, graft_tensor rows, graft_batch);     /* [K, 1] */
  int32_t (*descend)(void* self, const char* name, graft_tensor direction);
  double (*lr)(void* self);
  graft_tensor (*steps)(void* self);                           /* [K, 1] */
  graft_batch (*part)(void* self, graft_batch, int64_t index); /* of a batch drawn in Phase::parts parts */
#if GRAFT_TARGET >= 101
  graft_tensor (*stored)(void* self, const char* name);                /* [K, n] as the turn began */
  graft_tensor (*logits)(void* self, graft_tensor rows, graft_batch);  /* [K, B, classes] */
  graft_tensor (*slope)(void* self, graft_tensor logits, graft_batch); /* [K, B, classes] of each lane's mean loss */
  graft_tensor (*pullback)(void* self, graft_tensor rows, graft_batch, graft_tensor direction); /* [K, n] */
  int64_t (*step)(void* self);                                                                  /* from 0, of the phase */
#endif
} graft_lanes;

typedef struct graft_server { /* between two rounds */
  uint32_t size;
  void* self;
  graft_tensor (*shared)(void* self);                   /* [S] as sent this round */
  graft_tensor (*served)(void* self, const char* name); /* [S] or [1], the row itself */
  double (*participation)(void* self);                  /* clients in the mean / clients that ever make a step */
} graft_server;

typedef struct graft_site { /* a place where a module may sit: a block, or a linear layer in it */
  uint32_t size;
  const char* name; /* "blocks.3", "blocks.3.attn.qkv" */
  int32_t linear;
  int64_t block, depth, in, out, tokens, heads, patch;
  const graft_tensor* declared; /* what the module declared here, in order, [K|1, ...]; NULL while it declares */
  size_t count;
  const void* host; /* the host's own */
  /* 1: the selector names a tensor that the backbone has at this site; 0: it does not; -1: failed */
  int32_t (*selected)(const struct graft_site*, const char* selector);
} graft_site;

typedef struct graft_tokens { /* what a module appends before a block */
  uint32_t size;
  graft_tensor values; /* [K|1, L, d] */
  int32_t stay;        /* not dropped behind the block */
  double dropout;      /* from 0 to below 1: what the host drops out of them while a client trains */
} graft_tokens;

typedef struct graft_strategy_hooks { /* NULL: not overridden, the host runs its own */
  uint32_t size;
  const char* (*plan)(void* self); /* JSON, see plan.hpp */
  int32_t (*step)(void* self, const graft_lanes*, graft_batch);
  int32_t (*finish)(void* self, const graft_lanes*);
  int32_t (*upload)(void* self, const graft_lanes*, graft_tensor* out);                   /* [K, U] */
  int32_t (*next)(void* self, const graft_server*, graft_tensor mean, graft_tensor* out); /* [U] to [S] */
  int32_t (*predictor)(void* self, const graft_lanes*, graft_tensor* out);                /* [K, P] */
#if GRAFT_TARGET >= 101
  int32_t (*merge)(void* self, graft_tensor uploads, graft_tensor weights, graft_tensor* out); /* [C, U] and [C, 1] to [U] */
  int32_t (*predict)(void* self, const graft_lanes*, graft_batch, graft_tensor* out);          /* [K, B, classes] */
#endif
} graft_strategy_hooks;

typedef struct graft_module_hooks { /* NULL: nothing is injected there */
  uint32_t size;
  const char* (*tensors)(void* self, const graft_site*); /* JSON, see module.hpp */
  int32_t (*tokens)(void* self, const graft_site*, graft_tokens* out);
  int32_t (*keys_values)(void* self, const graft_site*, graft_tensor z, graft_tensor keys_values[2]); /* [K, B, T, d], replaced */
  int32_t (*after_mlp)(void* self, const graft_site*, graft_tensor x, graft_tensor* out);
  int32_t (*after_linear)(void* self, const graft_site*, graft_tensor x, graft_tensor y, graft_tensor* out);
  int32_t (*merged)(void* self, const graft_site*, graft_tensor weight, graft_tensor* out); /* [K|1, out, in] to the same */
} graft_module_hooks;

typedef struct graft_descriptor {            /* what GRAFT_PLUGIN_SYMBOL names */
  uint32_t size, target;                     /* target: GRAFT_TARGET; the host must be as new */
  const char *kind, *id, *version, *summary; /* kind: "strategy" or "module" */
  int32_t (*start)(const graft_host*);
  void* (*create)(void);
  void (*destroy)(void* self);
  const char* (*options)(void* self);                                     /* JSON, see options.hpp */
  int32_t (*set)(void* self, const char* option, const graft_arg* value); /* GRAFT_INT, FLOAT, BOOLEAN or STRING */
  const graft_strategy_hooks* strategy;                                   /* or NULL */
  const graft_module_hooks* module;                                       /* or NULL */
  const char* built;                                                      /* by what: GRAFT_BUILT; or NULL */
} graft_descriptor;

#ifdef __cplusplus
}
#endif
