// For a plugin's own tests: runs the program on a manifest, and says what the run reached and what models it left. Standard C++
// only.
#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#ifndef GRAFT_PROGRAM  // graft_test_plugin says where these are: the program, the folder of the built plugin, that of the test's
                       // source
#define GRAFT_PROGRAM "graft"
#define GRAFT_PLUGINS "."
#define GRAFT_SOURCES "."
#endif

namespace graft::testing {

using Overrides = std::vector<std::string>;  // "strategy.mu=0.1": as behind --set

inline std::string whole_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::string quoted(const std::string& word) {  // for the shell
  std::string text(1, '\'');
  for (const char c : word) {
    if (c == '\'') text += "'\\'";
    text += c;
  }
  text += '\'';
  return text;
}

// Runs `graft WORDS…` where the tests' plugin is found, on one thread, so that the same machine gives the same bits. The
// environment's GRAFT_PROGRAM names another program. One that fails is a std::runtime_error with what it said.
inline void graft(const std::vector<std::string>& words, const std::filesystem::path& log) {
  const char* const other = std::getenv("GRAFT_PROGRAM");
  std::ostringstream command;
  command << "OMP_NUM_THREADS=1 GRAFT_PLUGIN_PATH=" << quoted(GRAFT_PLUGINS) << ' ' << quoted(other ? other : GRAFT_PROGRAM);
  for (const auto& word : words) command << ' ' << quoted(word);
  if (std::system((command.str() + " >" + quoted(log.string()) + " 2>&1").c_str()) == 0) return;
  throw std::runtime_error(command.str() + '\n' + whole_file(log));
}

// A file of tensors, to be compared byte for byte. A test that fails prints its size, and not its bytes.
struct Model {
  std::string bytes;
  bool operator==(const Model&) const = default;
  bool empty() const { return bytes.empty(); }
  bool has(const std::string& tensor) const { return bytes.find(tensor) != std::string::npos; }  // names stand there as text
};
inline std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << "tensors in " << model.bytes.size() << " bytes, hash " << std::hash<std::string>{}(model.bytes);
}

// A folder that goes with whoever has it.
struct Folder {
  Folder() : path((std::filesystem::temp_directory_path() / "graft-test-XXXXXX").string()) {
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error(path + ": no such folder can be made");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

// A finished run.
class Run {
 public:
  explicit Run(const std::string& manifest, const Overrides& overrides = {}) {
    std::vector<std::string> words = {"run", std::string(GRAFT_SOURCES "/") + manifest, "--quiet", "--out", folder().string()};
    for (const auto& one : overrides) words.insert(words.end(), {"--set", one});
    graft(words, folder_.path + "/log");
    graft({"export", folder().string(), "--out", folder_.path + "/models"}, folder_.path + "/log");
    summary_ = whole_file(folder() / "summary.json");
  }

  double accuracy() const { return number_behind("\"accuracy\"", "\"mean\""); }  // 0 to 1, the mean over clients
  double loss() const { return number_behind("\"accuracy\"", "\"loss\""); }      // likewise
  // clients.csv: every client's scores in all their digits. Two methods that are one have the same.
  std::string scores() const { return whole_file(folder() / "clients.csv"); }
  // The models, as `graft export` writes them. What the server serves is with the shared one, as served.NAME.
  Model shared() const { return {whole_file(folder_.path + "/models/shared.safetensors")}; }
  Model client(int number) const {  // what is its own; empty where it has nothing of its own
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    const auto file = folder_.path + "/models/client-" + digits + ".safetensors";
    return {std::filesystem::exists(file) ? whole_file(file) : ""};
  }
  // For another verb on it: graft evaluate, graft export --merge …
  std::filesystem::path folder() const { return folder_.path + "/run"; }

 private:
  double number_behind(const std::string& first, const std::string& then) const {  // of the summary, which is JSON
    const auto at = summary_.find(then, summary_.find(first));
    if (at == std::string::npos) throw std::runtime_error("summary.json has no " + then + " behind " + first);
    return std::stod(summary_.substr(summary_.find(':', at) + 1));
  }

  Folder folder_;
  std::string summary_;
};

}  // namespace graft::testing
