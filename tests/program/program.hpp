// Runs the built program in a folder of its own, and says what it did.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace graft::tests {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct Outcome {
  int status = -1;  // 128 + the signal for a program that one ended
  std::string out, err;
  std::string first_line() const { return err.substr(0, err.find('\n')); }
};

class Folder {  // a new empty one, removed at the end
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  fs::path operator/(const std::string& name) const { return path_ / name; }

  // A small federation on shapes: 4 clients, a ViT of 2 blocks, 3 rounds; `more` is added at the end.
  std::string manifest(const std::string& strategy = "fedavg", const std::string& more = "") const;
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  std::vector<std::string> names(const std::string& folder = ".") const;  // of the files in it, in order

  Outcome graft(const Words& words) const;  // in this folder
  pid_t start(const Words& words) const;    // the same, not waited for
  Outcome end(pid_t program) const;         // waits

 private:
  fs::path path_;
};

}  // namespace graft::tests
