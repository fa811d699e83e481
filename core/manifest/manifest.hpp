// A manifest as plain structs: what design.md's section 5 says, key by key. Every member's initial value is that key's default.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/manifest/use.hpp"

namespace graft::core {

struct SplitSpec {
  std::string by = "dirichlet";         // iid | dirichlet | shards | domain | users | file
  double alpha = 0.5;                   // dirichlet, domain
  std::int64_t classes_per_client = 2;  // shards
  std::filesystem::path path;           // file
};

struct AugmentSpec {      // of training images, drawn anew for each sample and epoch
  bool flip = false;      // left to right, every other time
  std::int64_t crop = 0;  // pixels of black around the image, out of which one of its size is cut
};

struct DataSpec {
  std::string source;                        // shapes | cifar10 | cifar100 | idx | medmnist | images
  std::filesystem::path path;                // a folder or file in the source's published layout
  std::vector<std::filesystem::path> files;  // several files (`path` given as a list)
  std::string labels = "fine";               // cifar100: fine | coarse
  std::int64_t classes = 0;                  // 0: as many as the source has; shapes: 12
  std::int64_t samples = 200;                // shapes: a client's mean
  std::int64_t clients = 16;
  SplitSpec split;
  std::int64_t min_samples = 0;
  double test_fraction = 0.25, validation_fraction = 0;
  bool shuffle = true;
  AugmentSpec augment;
  bool skip_broken = false;                 // images: leave out those that cannot be decoded
  double memory_gib = 4.0;                  // what decoded images may take; beyond it they are resized, or decoded, for each batch
  std::vector<double> mean{0.5}, std{0.5};  // one, or one per channel
};

struct BackboneSpec {
  std::string preset;  // vit_tiny_patch16_224 | vit_small_patch16_224 | vit_base_patch16_224; fields given beside it override it
  std::int64_t image_size = 32, patch_size = 4, width = 192, depth = 6, heads = 3;
  double mlp_ratio = 4.0;
  std::filesystem::path weights;
  std::vector<std::string> freeze;  // selectors
  Place weights_place, freeze_place;
};

struct OptimizerSpec {
  std::string use = "sgd";  // sgd | adamw
  double lr = 0.01, momentum = 0.0, weight_decay = 0.0;
};

struct ScheduleSpec {
  std::string use = "constant";  // constant | step | cosine, over rounds
  std::vector<std::int64_t> at;  // step: at these rounds …
  double factor = 0.1;           // … the rate is multiplied by this
};

struct TrainingSpec {
  std::variant<std::int64_t, double> cohort = 1.0;  // a whole number: clients a round; a fraction in (0, 1] of all
  std::int64_t epochs = 1, batch = 64;
  bool drop_last = false;
  OptimizerSpec optimizer;
  ScheduleSpec lr_schedule;
  double clip_norm = 0.0;
  Place cohort_place;
};

struct ServerSpec {
  std::string optimizer = "sgd";                                           // sgd | adam | yogi, on the mean update
  double lr = 1.0, momentum = 0.0, beta1 = 0.9, beta2 = 0.99, tau = 1e-3;  // momentum: sgd; those behind it: adam, yogi
};

struct EvaluationSpec {
  std::int64_t every = 1;
  std::string when = "after_merge";  // after_merge | before_merge
  std::int64_t batch = 0;            // 0: auto
};

struct Manifest {
  std::string name;
  std::filesystem::path folder;  // where its file lies, and with it perhaps a plugins.lock; empty: nowhere
  std::uint64_t seed = 0;
  std::int64_t rounds = 50;
  std::string device = "auto", precision = "fp32";  // auto | cpu | cuda | cuda:N; fp32 | fp64
  std::int64_t lanes = 0;                           // 0: auto
  DataSpec data;
  BackboneSpec backbone;
  std::vector<Use> modules;
  Use strategy;
  TrainingSpec training;
  ServerSpec server;
  EvaluationSpec evaluation;
  std::int64_t checkpoint_every = 1;
  double hook_limit_s = 60;
  std::vector<std::filesystem::path> plugin_paths;
  std::map<std::string, Place> places;  // by dotted key, of what was given: for errors that only later steps can find
};

// Reads a manifest and applies `--set key=value` overrides. Unknown keys, wrong types and values out of range are errors with
// file:line:column, the nearest known name and the offending line (exit 2); keys of section 5 that this version does not serve
// are refused by name where they differ from their default.
enum class Needs { strategy, data };  // data: 'strategy.use' may be missing
Manifest read_manifest(const std::filesystem::path& path, const std::vector<std::string>& overrides, Needs needs = Needs::strategy);
Manifest parse_manifest(const std::string& toml, const std::string& name, const std::filesystem::path& folder,
                        const std::vector<std::string>& overrides, Needs needs = Needs::strategy);

// The whole resolved form as TOML: every served key, absolute paths; reading it gives the same manifest.
std::string to_toml(const Manifest& manifest);

// The place of a dotted key, or of the nearest enclosing table that was given.
Place place_of(const Manifest& manifest, const std::string& key);

}  // namespace graft::core
