// A plugin is code that runs with the user's rights: what anybody on the machine may replace is not run. Followed from the root,
// link by link, as the system itself would.
#include <sys/stat.h>
#include <unistd.h>

#include <list>

#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr int kMostLinks = 40;  // as many as the system follows

enum class Lies { on_the_way, beside };  // a folder's place: it leads to a plugin, or holds one or a link to it

class Way {
 public:
  explicit Way(const fs::path& file) : file_(file) {}

  // Every folder and link from the root to where the path ends.
  void follow(const fs::path& path) {
    const auto parts = path.relative_path();
    std::list<fs::path> rest(parts.begin(), parts.end());
    fs::path at = "/";
    for (int links = 0; !rest.empty() && links <= kMostLinks;) {
      const auto name = rest.front();
      rest.pop_front();
      if (name == "." || name.empty()) continue;
      const auto next = name == ".." ? at.parent_path() : at / name;
      check_entry(at, next, rest.empty() ? Lies::beside : Lies::on_the_way);
      std::error_code none;
      at = fs::is_symlink(next, none) ? followed(next, rest, links) : next;
    }
  }

 private:
  // Puts a link's target in front of what is left; where that begins.
  static fs::path followed(const fs::path& link, std::list<fs::path>& rest, int& links) {
    ++links;
    const auto target = fs::read_symlink(link);
    const auto parts = target.relative_path();
    rest.insert(rest.begin(), parts.begin(), parts.end());
    return target.is_absolute() ? "/" : link.parent_path();
  }

  void check_entry(const fs::path& folder, const fs::path& entry, Lies lies) const {
    struct stat holds {
    }, held{};
    if (lstat(folder.c_str(), &holds) != 0 || lstat(entry.c_str(), &held) != 0) return;
    if ((holds.st_mode & S_IWOTH) != 0) {
      const bool sticky = (holds.st_mode & S_ISVTX) != 0;
      if (lies == Lies::beside && sticky)
        throw refused(file_, "it lies in '" + folder.string() +
                                 "', where anyone on this machine may put things; copy it to a folder of yours");
      if (!sticky) throw open_to_all("what lies in '" + folder.string() + "'", folder);
      if (held.st_uid != geteuid() && held.st_uid != 0) throw someone_elses(entry, folder);
    }
    if (S_ISREG(held.st_mode) && (held.st_mode & S_IWOTH) != 0) throw open_to_all("it", entry);
  }

  Error open_to_all(const std::string& which, const fs::path& what) const {
    return refused(file_, "anyone on this machine may change " + which + ", expected none but its owner and group; chmod o-w '" +
                              what.string() + "'");
  }

  Error someone_elses(const fs::path& entry, const fs::path& folder) const {
    return refused(file_, "'" + entry.string() + "' is another user's, in '" + folder.string() +
                              "', where anyone may put things, expected your own or root's; copy it to a folder of yours");
  }

  const fs::path& file_;
};

}  // namespace

void check_permissions(const fs::path& file) { Way(file).follow(file); }

}  // namespace graft::core
