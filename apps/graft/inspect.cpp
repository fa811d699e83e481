// graft inspect: a manifest resolved, its model taken apart and its costs counted. Reads no samples and trains nothing.
#include <CLI/CLI.hpp>

#include "apps/graft/verbs.hpp"
#include "core/data/dataset.hpp"
#include "core/library/hook.hpp"
#include "core/report/model_json.hpp"
#include "core/report/model_text.hpp"

namespace graft {

int inspect_verb(const Arguments& arguments) {
  CLI::App app("Shows what a manifest means: every key, the model's tensors, what travels, what is stored. Runs nothing.",
               "graft inspect");
  std::string path;
  Arguments overrides;
  bool json = false;
  app.add_option("M", path, "the manifest, a TOML file")->required()->type_name("FILE");
  add_overrides(app, overrides);
  app.add_flag("--json", json, "as one line of JSON");
  if (!read_arguments(app, arguments)) return 0;
  const auto manifest = core::read_manifest(path, overrides);
  core::watch_hooks(manifest.hook_limit_s);
  const auto facts = core::model_json(manifest, core::compose(manifest, core::facts_of(manifest.data).classes));
  print(json ? facts + "\n" : core::to_toml(manifest) + "\n" + core::model_text(facts));
  return 0;
}

}  // namespace graft
