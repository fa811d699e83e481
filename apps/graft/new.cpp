// graft new: a plugin of one's own, from the templates that are installed with the program.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <iterator>
#include <sstream>

#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/library/plugin.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

// Valid in C++ and CMake, so that the templates build as they stand.
constexpr std::string_view kName = "plugin_name", kType = "PluginName";
constexpr auto kMachineFile = "here.cmake";

// As a type they would hide the SDK's own, as a target CMake's.
constexpr std::string_view kTaken[] = {
    "all",        "argument",      "batch",       "clean",   "declared",       "edit_cache", "error",     "face",
    "format",     "graft",         "handle",      "help",    "host",           "init",       "install",   "instance",
    "kept",       "keys-values",   "keys_values", "lanes",   "like",           "linear",     "module",    "op",
    "options",    "over-batch",    "over_batch",  "package", "package_source", "phase",      "plan",      "plugin",
    "preinstall", "rebuild_cache", "rows",        "scalar",  "selector",       "server",     "site",      "sizes",
    "start",      "strategy",      "tensor",      "test",    "tokens",         "unary",      "uninstall", "weighting"};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_name_character(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

std::string type_name(const std::string& name) {  // "fed-prox_2" is FedProx2
  std::string type;
  bool begins = true;
  for (const char c : name) {
    const bool joint = c == '_' || c == '-';
    if (!joint) type += begins ? char(std::toupper(c)) : c;
    begins = joint;
  }
  return type;
}

std::string one_of(const std::vector<std::string>& words) {  // "minimal, recommended or full"
  return core::joined({words.begin(), words.end() - 1}) + " or " + words.back();
}

void check_word(const char* what, const std::string& word, const std::vector<std::string>& words) {
  if (std::ranges::find(words, word) != words.end()) return;
  throw Error(Exit::usage, std::string("graft new: ") + what + " is '" + core::harmless(word) + "', expected " + one_of(words) +
                               core::did_you_mean(word, words));
}

void check_name(const std::string& name) {
  if (name.empty() || name.size() > 64 || !is_letter(name[0]) || !std::ranges::all_of(name, is_name_character)) {
    throw Error(Exit::usage,
                "'" + core::harmless(name) +
                    "' is no name for a plugin, expected lower-case letters, digits, _ and -, "
                    "a letter first, 64 at most",
                "such as fedprox or fed-prox2");
  }
  if (std::ranges::find(kTaken, name) != std::end(kTaken)) {
    throw Error(Exit::usage, "'" + name + "' is a word of the SDK's or of CMake's, expected another name", "such as my-" + name);
  }
  for (const auto& found : core::find_plugins(core::plugin_folders({}))) {
    if (found.id != name) continue;
    throw Error(Exit::usage, "there is a plugin '" + name + "' already: " + found.file.string() + ", expected another name");
  }
}

void check_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error))) return;
  throw Error(Exit::usage, "'" + folder.string() + "' is there already and not an empty folder", "--out names another one");
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

std::string filled_in(const std::string& text, const std::string& name) {
  return replaced(replaced(text, kName, name), kType, type_name(name));
}

// Texts of several parts stand in one file: what follows a line "@PART" is for those who get that part.
std::string of_parts(const std::string& text, const std::vector<std::string>& parts) {
  std::istringstream lines(text);
  std::string kept;
  bool keeps = true;
  for (std::string line; std::getline(lines, line);) {
    const bool marks = line.starts_with('@');
    if (marks) keeps = std::ranges::find(parts, line.substr(1)) != parts.end();
    if (keeps && !marks) kept += line + "\n";
  }
  return kept;
}

void copy_filled_in(const fs::path& from, const fs::path& to, const std::string& name, const std::vector<std::string>& parts) {
  fs::create_directories(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const auto target = to / filled_in(fs::relative(entry.path(), from).string(), name);
    if (entry.is_directory()) {
      fs::create_directories(target);
      continue;
    }
    core::write_whole(target, filled_in(of_parts(core::read_whole(entry.path(), Exit::failed), parts), name));
    fs::permissions(target, entry.status().permissions() | fs::perms::owner_write);
  }
}

// bin, lib and share lie under it; in the build folder too.
fs::path prefix() { return fs::read_symlink("/proc/self/exe").parent_path().parent_path(); }

std::string machine_file() {
  const auto package = prefix() / "lib/cmake/Graft", program = fs::read_symlink("/proc/self/exe");
  return "# Where this machine has Graft; written by graft new, not for git. Without it, Graft is found by PATH and "
         "CMAKE_PREFIX_PATH.\n"
         "set(Graft_DIR [==[" +
         package.string() +
         "]==])\n"
         "set(GRAFT_PROGRAM [==[" +
         program.string() + "]==])\n";
}

void make(const std::string& kind, const std::string& name, const std::string& level, const fs::path& folder) {
  const auto templates = prefix() / "share/graft/template";
  if (!fs::is_directory(templates)) {
    throw Error(Exit::failed, "there are no templates: expected them in '" + templates.string() + "'",
                "they come with the SDK: the package graft-sdk, or the component sdk of cmake --install");
  }
  std::vector<std::string> parts{"every", kind + "/" + level};
  if (level != "minimal") parts.emplace_back("shipped");
  for (const auto& part : parts) copy_filled_in(templates / part, folder, name, parts);
  core::write_whole(folder / kMachineFile, machine_file());
}

std::string next_commands(const std::string& name, const fs::path& folder) {
  return "wrote a plugin of your own into '" + folder.string() + "', its heart in " + name +
         ".cpp; next:\n\n"
         "  cd " +
         shell_word(folder.string()) +
         " && cmake --workflow --preset default     # builds it, checks it, runs its tests\n"
         "  GRAFT_PLUGIN_PATH=build graft run smoke.toml     # a federation with it, in seconds\n\n";
}

}  // namespace

int new_verb(const Arguments& arguments) {
  CLI::App app(
      "Makes a folder with a plugin of one's own that builds, passes its check and its own test as it stands: `minimal`, the "
      "smallest "
      "useful thing; `recommended`, with what one would publish; `full`, with every hook.",
      "graft new");
  std::string kind, name, level = "minimal", out;
  app.add_option("KIND", kind, "strategy or module")->required();
  app.add_option("NAME", name, "the plugin's id: lower-case letters, digits, _ and -")->required();
  app.add_option("--level", level, "minimal, recommended or full; minimal where not given")->type_name("LEVEL");
  app.add_option("--out", out, "the folder to write to, new or empty; ./NAME where not given")->type_name("DIR")->check(not_empty);
  app.footer("  graft new strategy fedprox\n  graft new module my-adapter --level recommended --out ../my-adapter\n");
  if (!read_arguments(app, arguments)) return 0;
  check_word("KIND", kind, {"strategy", "module"});
  check_word("--level", level, {"minimal", "recommended", "full"});
  check_name(name);
  const fs::path folder = out.empty() ? name : out;
  check_folder(folder);
  make(kind, name, level, folder);
  print(next_commands(name, folder));
  return 0;
}

}  // namespace graft
