// graft export: a run's tensors as safetensors files, from its manifest and its checkpoint alone.
#include <ATen/ATen.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "apps/graft/merging.hpp"
#include "apps/graft/run_folder.hpp"
#include "apps/graft/verbs.hpp"
#include "core/backbone/safetensors.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/rounds/checkpoint.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Catalog;
using core::Error;
using core::Exit;
using core::NamedTensors;
using core::Where;

// Columns [first, first + n) of a client's row as the tensors that lie there, each under `prefix` and its own name.
void add_tensors(NamedTensors& tensors, const Catalog& catalog, Where where, const at::Tensor& row, std::int64_t first,
                 const std::string& prefix) {
  for (const auto& entry : catalog.entries) {
    if (entry.where != where) continue;
    tensors[prefix + entry.spec.name] =
        row.reshape(-1).narrow(0, entry.offset - first, entry.spec.count()).reshape(entry.spec.shape);
  }
}

// A kept or served row: a scalar under its name alone, else NAME.TENSOR.
void add_row(NamedTensors& tensors, const Catalog& catalog, const core::Kept& kept, const at::Tensor& row,
             const std::string& list) {
  const auto name = list + "." + kept.name;
  if (kept.like == core::Like::scalar) tensors[name] = row.reshape({1});
  const bool shared = kept.like == core::Like::shared || kept.like == core::Like::model;
  const bool personal = kept.like == core::Like::personal || kept.like == core::Like::model;
  if (shared) add_tensors(tensors, catalog, Where::shared, row, 0, name + ".");
  if (personal) add_tensors(tensors, catalog, Where::personal, row, shared ? 0 : catalog.shared, name + ".");
}

NamedTensors shared_tensors(const core::Federation& federation) {
  const auto& catalog = federation.model.catalog;
  NamedTensors tensors;
  if (catalog.first_own == catalog.shared) add_tensors(tensors, catalog, Where::shared, federation.server.shared, 0, "");
  add_tensors(tensors, catalog, Where::held, federation.held, 0, "");
  add_tensors(tensors, catalog, Where::frozen, federation.frozen, 0, "");
  for (const auto& served : federation.model.plan.serves) {
    add_row(tensors, catalog, served, federation.server.served.at(served.name), "served");
  }
  return tensors;
}

NamedTensors tensors_of_client(const core::Federation& federation, std::int64_t client) {
  const auto& catalog = federation.model.catalog;
  NamedTensors tensors;
  const auto& row = federation.store.row("", client);
  if (catalog.first_own == 0) add_tensors(tensors, catalog, Where::shared, row, 0, "");
  add_tensors(tensors, catalog, Where::personal, row, catalog.first_own, "");
  for (const auto& kept : federation.model.plan.keeps) {
    add_row(tensors, catalog, kept, federation.store.row(kept.name, client), "kept");
  }
  return tensors;
}

std::string client_file(std::int64_t client) {
  char name[48];
  std::snprintf(name, sizeof name, "client-%04lld.safetensors", static_cast<long long>(client));
  return name;
}

// What was written is taken away again where the rest cannot be.
class Writer {
 public:
  explicit Writer(fs::path folder) : folder_(std::move(folder)), made_(fs::create_directories(folder_)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    std::error_code ignored;
    for (const auto& name : undo_) fs::remove(folder_ / name, ignored);
    if (made_ && !done_) fs::remove(folder_, ignored);
  }
  void write(const std::string& name, const NamedTensors& tensors) {
    core::write_safetensors(folder_ / name, tensors);
    undo_.push_back(name);
  }
  std::size_t finish() {
    done_ = true;
    return std::exchange(undo_, {}).size();
  }

 private:
  fs::path folder_;
  bool made_, done_ = false;
  std::vector<std::string> undo_;
};

void refuse_full(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error))) return;
  throw Error(Exit::usage, "'" + folder.string() + "' is there already and not an empty folder", "--out names another one");
}

void export_run(const fs::path& run, const fs::path& out, bool merge) {
  refuse_full(out);
  const auto file = run_manifest(run);
  const auto facts = run_checkpoint(run);
  auto manifest = core::read_manifest(file, {});
  manifest.device = "cpu";
  auto federation = core::found_without_data(manifest);
  for (const auto& line : core::choices_said(federation.manifest, federation.model)) core::log(core::Level::information, line);
  if (merge) refuse_rows_on_merged(federation.model);
  core::read_checkpoint(run / "checkpoint", federation);
  std::size_t files = 0;
  try {
    Writer writer(out);
    auto shared = shared_tensors(federation);
    if (merge) merge_shared(federation, shared);
    writer.write("shared.safetensors", shared);
    for (std::int64_t client = 0; client < facts.clients; ++client) {
      auto tensors = tensors_of_client(federation, client);
      if (merge) merge_own(federation, client, tensors);
      if (!tensors.empty()) writer.write(client_file(client), tensors);
    }
    files = writer.finish();
  } catch (const fs::filesystem_error& error) {
    throw Error(Exit::failed, "cannot make the folder '" + out.string() + "': " + error.code().message());
  }
  const auto clients = files == 1 ? "" : " and the own tensors of " + core::many_text(std::int64_t(files) - 1, "client");
  const auto round = ", after round " + std::to_string(facts.rounds_done) + " of " + std::to_string(manifest.rounds);
  print("wrote shared.safetensors" + clients + " into '" + out.string() + "'" + round +
        (files == 1 ? "; no client has tensors of its own\n" : "\n"));
  if (merge) print(unmerged_text(federation.model));
}

}  // namespace

int export_verb(const Arguments& arguments) {
  CLI::App app("Writes a run's models: shared.safetensors, and client-0000.safetensors … with what is each client's own.",
               "graft export");
  std::string run, out;
  app.add_option("RUN", run, "the run's folder")->required()->type_name("FOLDER");
  app.add_option("--out", out, "the folder to write to; new, or empty")->required()->type_name("DIR")->check(not_empty);
  bool merge = false;
  app.add_flag("--merge", merge,
               "modules that change weights, as lora does, are written merged into them; a weight that a client's file has stands "
               "for the shared "
               "one");
  app.footer("  graft export runs/quickstart --out models\n  graft export runs/lora --out models --merge\n");
  if (!read_arguments(app, arguments)) return 0;
  export_run(run, out, merge);
  return 0;
}

}  // namespace graft
