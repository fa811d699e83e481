// Folders are made as late as can be, so that a mistake leaves nothing behind.
#include "apps/graft/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

fs::path default_folder(const std::string& name, std::int64_t number) {
  return fs::path("runs") / (number == 1 ? name : name + "-" + std::to_string(number));
}

std::optional<fs::path> newest_run(const std::string& name) {
  std::optional<fs::path> newest;
  fs::file_time_type when;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator("runs", missing)) {
    const auto folder = entry.path().filename().string();
    const auto number = folder.size() > name.size() + 1 ? folder.substr(name.size() + 1) : "";
    const bool counted =
        folder.compare(0, name.size() + 1, name + "-") == 0 && number.find_first_not_of("0123456789") == std::string::npos;
    const auto written = fs::last_write_time(entry.path() / "manifest.toml", missing);
    if (missing || !(folder == name || (counted && !number.empty())) || (newest && written <= when)) continue;
    newest = entry.path();
    when = written;
  }
  return newest;
}

// What a run leaves that ended before its manifest was whole.
bool is_of_an_attempt(const fs::path& folder) {
  const bool logged = fs::exists(folder / "run.log");
  const fs::directory_iterator files(folder);
  return std::all_of(begin(files), end(files), [logged](const auto& file) {
    const auto name = file.path().filename();
    return name == "manifest.toml.part" || name == "run.log" || (logged && (name == "data.json" || name == "data.json.part"));
  });
}

// A run's folder has its manifest, or nothing yet.
bool may_be_a_run(const fs::path& folder) { return fs::exists(folder / "manifest.toml") || is_of_an_attempt(folder); }

using KeyValues = std::vector<std::pair<std::string, std::string>>;  // dotted, in the order in which they are written

KeyValues keys_of(const std::string& toml) {
  KeyValues keys;
  std::string table;
  std::int64_t modules = 0;
  std::istringstream lines(toml);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.compare(0, 2, "[[") == 0) {
      table = line.substr(2, line.size() - 4) + "." + std::to_string(modules++) + ".";
    } else if (line.compare(0, 1, "[") == 0) {
      table = line.substr(1, line.size() - 2) + ".";
    } else if (equals != std::string::npos) {
      keys.emplace_back(table + line.substr(0, equals), line.substr(equals + 3));
    }
  }
  return keys;
}

std::string value_of(const KeyValues& keys, const std::string& key) {
  const auto at = std::find_if(keys.begin(), keys.end(), [&key](const auto& one) { return one.first == key; });
  return at == keys.end() ? "not given" : at->second;
}

bool may_change(const std::string& key) {
  return key == "rounds" || key == "name" || key == "data.memory_gib" || key.compare(0, 8, "plugins.") == 0 ||
         key.compare(0, 11, "checkpoint.") == 0;
}

// In the manifest's order, then what only the run has.
std::string first_difference(const KeyValues& ours, const KeyValues& theirs) {
  for (const auto* side : {&ours, &theirs}) {
    for (const auto& [key, value] : *side) {
      if (!may_change(key) && value_of(ours, key) != value_of(theirs, key)) return key;
    }
  }
  return "";
}

void check_rounds(const core::Manifest& manifest, const core::Manifest& stored, const fs::path& folder) {
  const auto refuse = [&](const std::string& why) {
    return core::error_at(core::place_of(manifest, "rounds"), "'rounds' is " + std::to_string(manifest.rounds) +
                                                                  ", but the run in '" + folder.string() + "' has " +
                                                                  std::to_string(stored.rounds) + why);
  };
  if (manifest.rounds < stored.rounds) throw refuse("; there may be more of them, not fewer");
  const bool fixed = manifest.rounds > stored.rounds && manifest.training.lr_schedule.use == "cosine";
  if (fixed) throw refuse(", and its cosine schedule is over just these");
}

}  // namespace

FolderLock::FolderLock(const fs::path& folder) : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return;  // not every file system has locks
  close(std::exchange(descriptor_, -1));
  throw Error(Exit::usage, "'" + folder.string() + "': another graft is at work there right now");
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::optional<fs::path> chosen_folder(const std::string& name, const std::string& out, bool resume) {
  if (out.empty()) return resume ? newest_run(name) : std::nullopt;
  const fs::path folder = out;
  if (!fs::exists(folder)) return folder;
  if (!resume && fs::is_directory(folder) && fs::exists(folder / "run.log") && is_of_an_attempt(folder)) {
    core::log(core::Level::information, "the run in '" + out + "' ended before its first round: beginning anew there");
    return folder;
  }
  if (!resume) {
    const bool run = fs::exists(folder / "manifest.toml");
    throw Error(Exit::usage, "'" + out + "' is there already" + (run ? "" : ", and is no run's folder"),
                std::string(run ? "--resume goes on with the run in it; " : "") + "another --out begins a new one");
  }
  if (!fs::is_directory(folder) || !may_be_a_run(folder))
    throw Error(Exit::usage, "'" + out + "' is no run's folder: it has no manifest.toml");
  return folder;
}

fs::path make_folder(const std::string& name, const std::optional<fs::path>& chosen) {
  auto folder = chosen.value_or(default_folder(name, 1));
  try {
    const auto parent = fs::absolute(folder).lexically_normal().parent_path();
    fs::create_directories(parent);
    for (std::int64_t number = 2; !fs::create_directory(folder) && !chosen; ++number) folder = default_folder(name, number);
  } catch (const fs::filesystem_error& error) {
    throw Error(Exit::failed, "cannot make the folder '" + folder.string() + "': " + error.code().message());
  }
  return folder;
}

bool take_over(core::Manifest& manifest, const fs::path& folder) {
  const auto stored = core::read_manifest(folder / "manifest.toml", {});
  if (manifest.device == "auto" || (manifest.device == "cuda" && stored.device == "cuda:0")) manifest.device = stored.device;
  if (manifest.lanes == 0) manifest.lanes = stored.lanes;
  const auto ours = keys_of(core::to_toml(manifest)), theirs = keys_of(core::to_toml(stored));
  const auto key = first_difference(ours, theirs);
  if (!key.empty()) {
    throw core::error_at(core::place_of(manifest, key), "'" + key + "' is " + value_of(ours, key) + ", but " +
                                                            value_of(theirs, key) + " in the run that is to go on, '" +
                                                            folder.string() + "'");
  }
  check_rounds(manifest, stored, folder);
  return manifest.rounds > stored.rounds;
}

fs::path run_manifest(const fs::path& run) {
  if (!fs::exists(run)) throw Error(Exit::data, "'" + run.string() + "': there is no such run");
  if (!fs::is_directory(run)) throw Error(Exit::data, "'" + run.string() + "' is a file, expected a run's folder");
  if (fs::exists(run / "manifest.toml")) return run / "manifest.toml";
  throw Error(Exit::data, "'" + run.string() + "' is no run's folder: it has no manifest.toml");
}

core::CheckpointFacts run_checkpoint(const fs::path& run) {
  if (const auto facts = core::checkpoint_facts(run / "checkpoint")) return *facts;
  throw Error(Exit::data, "'" + run.string() + "' has no checkpoint yet", "one is written every checkpoint.every_rounds rounds");
}

}  // namespace graft
