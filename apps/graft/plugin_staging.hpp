// What is to be added, copied into a folder that nobody else can write, on the file system where it is to lie: what is checked
// there is what is installed.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace graft {

struct StagedPlugin {
  std::filesystem::path file;  // the copy
  std::string from, origin;    // FILE, or ARCHIVE:MEMBER: as a message names it, and from the root
};

class Staging {
 public:
  explicit Staging(const std::filesystem::path& in);  // makes a folder in that one; exit 2 where no library can be opened there
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();  // removes it

  // The plugins' libraries that a FILE.so is, or a FOLDER (up to four folders deep) or an ARCHIVE holds; other libraries in these
  // are passed over. None, two different ones of one name, or no such file: exit 2.
  std::vector<StagedPlugin> stage(const std::filesystem::path& what);

 private:
  std::filesystem::path new_folder();
  StagedPlugin copied(const std::filesystem::path& file);
  std::vector<StagedPlugin> stage_folder(const std::filesystem::path& folder);
  std::vector<StagedPlugin> stage_archive(const std::filesystem::path& archive);

  std::filesystem::path folder_;
  int folders_ = 0;
};

}  // namespace graft
