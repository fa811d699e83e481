// graft data: what a source holds, and a picture of its split. Loads no plugin and decodes no image where labels can be had
// without.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/graft/guess.hpp"
#include "apps/graft/inspect_study.hpp"
#include "apps/graft/interrupt.hpp"
#include "apps/graft/terminal.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/data/dataset.hpp"
#include "core/manifest/checks.hpp"
#include "core/manifest/keys.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/study.hpp"
#include "core/report/data_json.hpp"
#include "core/report/data_text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;

struct DataRequest {
  std::string what, clients;
  Arguments overrides;
  bool json = false;
};

std::string only_all(const std::string& value) { return value == "all" ? "" : "expected all, found '" + value + "'"; }

bool read_request(const Arguments& arguments, DataRequest& request) {
  CLI::App app(
      "Shows what a source holds, and how a split divides it over the clients: their samples, classes and label entropy, and a "
      "strip with a glyph for each class. Trains nothing.",
      "graft data");
  app.add_option("WHAT", request.what, "a manifest or a study, a source's name, or a folder or file of data")
      ->required()
      ->check(not_empty);
  add_overrides(app, request.overrides, "a key of the manifest, such as data.split.alpha; may stand several times");
  app.add_option("--clients", request.clients, "all: a line for each client, however many there are")
      ->type_name("all")
      ->check(only_all);
  app.add_flag("--json", request.json, "as one line of JSON");
  app.footer(
      "  graft data configs/quickstart.toml --set data.split.alpha=0.1\n"
      "  graft data cifar100 --set data.path=cifar-100-binary --set data.clients=64\n"
      "  graft data pictures --set 'data.split={by=\"domain\"}' --set data.clients=8\n");
  return read_arguments(app, arguments);
}

// The manifest that stands behind a source's name, or behind a folder.
core::Manifest manifest_of(const std::string& source, const fs::path& path, const Arguments& more) {
  Arguments overrides{"data.source=" + core::literal(source)};
  if (!path.empty()) overrides.push_back("data.path=" + core::literal(path.string()));
  overrides.insert(overrides.end(), more.begin(), more.end());
  return core::parse_manifest("", "data", "", overrides, core::Needs::data);
}

// Fills in what was guessed, if anything was.
core::Manifest manifest_of(const DataRequest& request, std::string& said) {
  const auto& what = request.what;
  if (what.ends_with(".toml") && is_study(what)) {
    const auto study = core::read_study({what}, request.overrides);
    const auto& first = study.variants.front();
    said = "of '" + core::harmless(first.name) + "', the first of " +
           core::many_text(std::int64_t(study.variants.size()), "variant") + ", with seed " + std::to_string(first.manifest.seed) +
           "\n\n";
    return first.manifest;
  }
  if (what.ends_with(".toml")) return core::read_manifest(what, request.overrides, core::Needs::data);
  const auto sources = core::source_names();
  if (std::find(sources.begin(), sources.end(), what) != sources.end()) return manifest_of(what, {}, request.overrides);
  std::error_code failure;
  if (!fs::exists(what, failure)) {
    throw core::Error(core::Exit::usage,
                      "'" + what + "' is no source, manifest, folder or file that is there" + core::did_you_mean(what, sources),
                      "sources: " + core::joined(sources));
  }
  const auto guess = guessed_source(what);
  said = "taken for " + guess.source + ": " + guess.because + "\n\n";
  return manifest_of(guess.source, guess.path, request.overrides);
}

}  // namespace

int data_verb(const Arguments& arguments) {
  DataRequest request;
  if (!read_request(arguments, request)) return 0;
  std::string said;
  const auto manifest = manifest_of(request, said);
  for (const auto& line : core::idle_keys(manifest)) core::log(core::Level::warning, line);
  core::clients_of(manifest);
  const auto data = core::load_labels(manifest, {{}, &listen_for_interrupts()});
  const auto json = core::data_json(manifest, data, core::split_dataset(manifest, data));
  print(request.json ? json + "\n" : said + core::data_text(json, terminal_width(STDOUT_FILENO), request.clients == "all"));
  return 0;
}

}  // namespace graft
