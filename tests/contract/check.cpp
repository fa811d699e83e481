// Runs cases: here, or each in a process of its own, several at once and told in order.
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/base/watch.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin_parts.hpp"
#include "core/manifest/uses.hpp"
#include "tests/contract/case.hpp"
#include "tests/contract/child.hpp"
#include "tests/contract/contract.hpp"

namespace graft::contract {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostChildren = 4;
constexpr auto kLook = std::chrono::milliseconds(10);  // between two looks at the children

std::vector<const Case*> chosen(const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const auto& one : all_cases()) known.emplace_back(one.name);
  for (const auto& name : only) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw core::Error(core::Exit::usage, "graft check: there is no case '" + name + "'" + core::did_you_mean(name, known),
                      "'graft check --list' lists them");
  }
  std::vector<const Case*> cases;
  for (const auto& one : all_cases()) {
    if (only.empty() || std::find(only.begin(), only.end(), one.name) != only.end()) cases.push_back(&one);
  }
  return cases;
}

bool at_hand(const std::string& id) {
  const auto found = core::find_plugins(core::plugin_folders({}));
  return std::any_of(found.begin(), found.end(), [&](const core::Found& one) { return one.id == id; });
}

void need(const std::string& kind, const std::string& id) {
  if (!at_hand(id)) throw Skipped("needs the " + kind + " '" + id + "', which is not at hand");
}

struct WrongOptions : core::Error {  // of the command line's, not the plugin's doing
  using core::Error::Error;
};

void set_given(core::Plugin& plugin, const Subject& subject) {
  try {
    core::set_options(plugin, {subject.id, subject.options, {}});
  } catch (const core::Error& error) {
    if (error.status == core::Exit::usage) throw WrongOptions(error.status, error.what(), error.more);
    throw;
  }
}

// Cases that play need a plugin that opens, and what it stands among.
void prepare(const Case& one, Subject& subject) {
  if (one.about == About::file) return;
  core::Plugin plugin;
  try {
    plugin = core::open_plugin(subject.file, subject.id);
  } catch (const core::Error& refusal) {
    throw Skipped(std::string("the file is refused: ") + refusal.what());
  }
  set_given(plugin, subject);
  subject.kind = plugin.kind;
  if (const auto why = misfit(one, subject.kind); !why.empty()) throw Skipped(why);
  if (subject.kind == "module") return need("strategy", "fedavg");
  for (const auto& module : core::plan_of(plugin).modules) need("module", module);
}

Result run_here(const Case& one, Subject subject) {
  Result result{one.name, Status::passed, "", 0};
  const auto start = std::chrono::steady_clock::now();
  const auto end = [&](Status status, const std::string& why) {
    result.status = status;
    result.why = core::harmless(why.substr(0, why.find('\n')));
  };
  try {
    prepare(one, subject);
    one.run(subject);
  } catch (const WrongOptions&) {
    throw;
  } catch (const Skipped& skipped) {
    end(Status::skipped, skipped.what());
  } catch (const c10::Error& error) {
    end(Status::failed, error.what_without_backtrace());
  } catch (const std::exception& error) {
    end(Status::failed, error.what());
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.kind = subject.kind;
  return result;
}

// As a child of its own would have it: the plugin's folder is searched first, and one thread computes.
std::vector<Result> check_here(const Request& request, const std::vector<const Case*>& cases) {
  const auto file = core::PluginFile(request.file).path;
  const char* const searched = std::getenv("GRAFT_PLUGIN_PATH");
  const auto folders = file.parent_path().string() + (searched != nullptr ? ":" + std::string(searched) : "");
  setenv("GRAFT_PLUGIN_PATH", folders.c_str(), 1);
  at::set_num_threads(1);
  if (request.limit_s > 0) core::watch_hooks(request.limit_s, "");
  const auto options = core::read_options(request.options);
  std::vector<Result> results;
  for (const auto* one : cases) {
    results.push_back(run_here(*one, {file, file.stem().string(), "", request.seed, options}));
    if (request.tell) request.tell(results.back());
  }
  return results;
}

struct Planned {
  const Case* one;
  std::unique_ptr<Child> child{};
  std::optional<Result> result{};
};

// Why a file cannot be a plugin of this host, which is seen without opening it; empty where it can.
std::string refusal_of(const fs::path& file) {
  try {
    core::check_plugin_file(file);
  } catch (const core::Error& refusal) {
    return std::string("the file is refused: ") + refusal.what();
  }
  return "";
}

// What is known of a plugin before a case is started: cases that do not fit it, or would only hang again, need no child.
struct Known {
  std::string refusal, kind, hang;
  std::string misfit_of(const Case& one) const {
    if (one.about != About::file && !refusal.empty()) return refusal;
    return hang.empty() ? misfit(one, kind) : hang;
  }
  void learn(const Result& result, const Request& request) {
    if (!result.kind.empty()) kind = result.kind;
    if (result.hung.empty() || !hang.empty() || !request.only.empty()) return;
    hang = "not tried: " + result.hung + " hangs, see " + result.name + "; --only tries it";
  }
};

// Starts what there is room for.
void start_more(std::vector<Planned>& all, const Request& request, const TemporaryFolder& folder, const Known& known) {
  auto running = std::count_if(all.begin(), all.end(), [](const Planned& one) { return one.child && !one.result; });
  for (auto& planned : all) {
    if (planned.child || planned.result) continue;
    if (const auto why = known.misfit_of(*planned.one); !why.empty()) {
      planned.result = Result{planned.one->name, Status::skipped, core::harmless(why), 0, known.kind};
    } else if (std::size_t(running) < cases_at_once()) {
      planned.child = std::make_unique<Child>(request, *planned.one, folder.path());
      ++running;
    }
  }
}

// Whether the plugin takes the options that are given is seen by the first case that plays: before any other begins.
void try_options(std::vector<Planned>& all, const Request& request, const TemporaryFolder& folder, Known& known) {
  const auto first = std::find_if(all.begin(), all.end(), [](const Planned& planned) { return planned.one->about != About::file; });
  if (request.options.empty() || first == all.end() || !known.refusal.empty()) return;
  first->child = std::make_unique<Child>(request, *first->one, folder.path());
  while (!(first->result = first->child->ended())) {
    core::stop_if_asked(request.stop);
    std::this_thread::sleep_for(kLook);
  }
  known.learn(*first->result, request);
}

std::vector<Result> check_in_children(const Request& request, const std::vector<const Case*>& cases) {
  const TemporaryFolder folder;
  std::vector<Planned> all;
  for (const auto* one : cases) all.push_back({one});
  std::vector<Result> results;
  Known known{refusal_of(request.file), "", ""};
  try_options(all, request, folder, known);
  while (results.size() < all.size()) {
    core::stop_if_asked(request.stop);
    start_more(all, request, folder, known);
    for (auto& planned : all) {
      if (!planned.child || planned.result) continue;
      planned.result = planned.child->ended();
      if (planned.result) known.learn(*planned.result, request);
    }
    for (; results.size() < all.size() && all[results.size()].result; results.push_back(*all[results.size()].result)) {
      if (request.tell) request.tell(*all[results.size()].result);
    }
    if (results.size() < all.size()) std::this_thread::sleep_for(kLook);
  }
  return results;
}

}  // namespace

std::size_t cases_at_once() { return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostChildren); }

std::vector<Result> check(const Request& request) {
  const auto cases = chosen(request.only);
  core::read_options(request.options);                                       // refuses what is no KEY=VALUE
  if (fs::absolute(request.file).string().find(':') != std::string::npos) {  // GRAFT_PLUGIN_PATH could not name its folder
    throw core::Error(core::Exit::usage,
                      "'" + request.file.string() + "' lies in a folder with a colon in its name; copy it to another");
  }
  if (!fs::exists(request.file)) core::check_plugin_file(request.file);  // says so
  return request.in_process ? check_here(request, cases) : check_in_children(request, cases);
}

}  // namespace graft::contract
