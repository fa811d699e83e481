// graft inspect: a manifest resolved, its model taken apart and its costs counted, on a blank sample. Reads no samples.
#include <CLI/CLI.hpp>

#include "apps/graft/help.hpp"
#include "apps/graft/inspect_study.hpp"
#include "apps/graft/inspected_model.hpp"
#include "apps/graft/own_output.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/log.hpp"
#include "core/manifest/checks.hpp"
#include "core/report/model_text.hpp"

namespace graft {

int inspect_verb(const Arguments& arguments) {
  CLI::App app("Shows what a manifest means: every key, the model's tensors, what travels, what is stored. Runs nothing.",
               "graft inspect");
  std::string path;
  Arguments overrides;
  bool json = false;
  app.add_option("M", path, "the manifest, a TOML file; or a study: what each of its variants costs")
      ->required()
      ->type_name("FILE");
  add_overrides(app, overrides);
  app.add_flag("--json", json, "as one line of JSON");
  app.footer(
      "  graft inspect configs/quickstart.toml\n"
      "  graft inspect configs/smoke/vit-small.toml --set strategy.use=fedrep\n"
      "  graft inspect configs/quickstart.toml --json\n");
  if (!read_arguments(app, arguments)) return 0;
  OwnOutput output(json);
  if (is_study(path)) return output.print(inspected_study(path, overrides, json, help_width())), 0;
  const auto given = core::read_manifest(path, overrides);
  for (const auto& line : core::idle_keys(given)) core::log(core::Level::warning, line);
  const auto [manifest, model, facts] = inspected_model(given);
  for (const auto& line : core::choices_said(manifest, model)) core::log(core::Level::information, line);
  output.print(json ? facts + "\n" : core::to_toml(manifest) + "\n" + core::model_text(facts, help_width()));
  return 0;
}

}  // namespace graft
